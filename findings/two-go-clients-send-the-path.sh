#!/usr/bin/env bash
# gout and beego's httplib upload a file with its whole path on the sender's disk as its filename; other Go clients send the last part.
#
# Versions: gout 0.3.7, beego 2.3.8, resty 2.17.2 (Go modules).
# Source:   RFC 7578 4.2 gives the name of the file and tells receivers to ignore directory paths; Go's own Part.FileName and resty take
#           filepath.Base. Neither client's documentation says that the path is sent.
# Expected: a.png
# Seen:     the path as given to FormFile and PostFile: who receives it learns folders and user names; a service that checks names sees "/".

. "$(dirname "$0")/frame/frame.bash"
need go
mkdir -p customers/zhang
printf 'a picture' >customers/zhang/a.png
cat >main.go <<'GO'
package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"

	"github.com/beego/beego/v2/client/httplib"
	"github.com/go-resty/resty/v2"
	"github.com/guonaihong/gout"
)

func main() {
	here, _ := os.Getwd()
	file := here + "/customers/zhang/a.png"
	seen := ""
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		name := regexp.MustCompile(`filename="([^"]*)"`).FindSubmatch(body)
		seen = strings.Replace(string(name[1]), here, "FOLDER", 1)
	}))
	switch os.Args[1] {
	case "gout":
		gout.POST(server.URL).SetForm(gout.H{"file": gout.FormFile(file)}).Do()
	case "beego":
		httplib.Post(server.URL).PostFile("file", file).String()
	default:
		resty.New().R().SetFile("file", file).Post(server.URL)
	}
	fmt.Println(seen)
}
GO
get go mod init finding
get go get github.com/guonaihong/gout@v0.3.7 github.com/beego/beego/v2@v2.3.8 github.com/go-resty/resty/v2@v2.17.2
get go mod tidy
get go build -o send .
sees 'gout' 'FOLDER/customers/zhang/a.png' "$(./send gout)"
sees 'beego' 'FOLDER/customers/zhang/a.png' "$(./send beego)"
sees 'resty' 'a.png' "$(./send resty)"
