#!/usr/bin/env bash
# busboy gives the picture that WeChat Pay's own Go SDK uploads, and drops its meta part without an event or an error.
#
# Versions: wechatpay-go 0.2.21 (Go module); busboy 1.6.0 (multer stands on it) and @fastify/busboy 3.2.6 (npm).
# Source:   busboy's README: "field" is emitted for each new non-file field found. The SDK is WeChat Pay's own, and it writes
#           `form-data; name="meta";`, ended by a semicolon.
# Expected: the field arrives, as in @fastify/busboy, formidable, multiparty, Werkzeug and Django, or the form is refused.
# Seen:     no field, no error, and a "close" as after a whole form; the file beside it, whose header has no such semicolon, arrives.

. "$(dirname "$0")/frame/frame.bash"
need go node npm
cat >main.go <<'GO'
package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"io"
	"net/http"
	"os"

	"github.com/wechatpay-apiv3/wechatpay-go/core"
	"github.com/wechatpay-apiv3/wechatpay-go/core/option"
	"github.com/wechatpay-apiv3/wechatpay-go/services/fileuploader"
)

// keeper is a transport that keeps what would have been sent: nothing leaves the program.
type keeper struct{}

func (keeper) RoundTrip(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	os.WriteFile("body", body, 0o600)
	os.WriteFile("type", []byte(r.Header.Get("Content-Type")), 0o600)
	return nil, errors.New("kept")
}

func main() {
	key, _ := rsa.GenerateKey(rand.Reader, 2048)
	client, err := core.NewClient(context.Background(),
		option.WithMerchantCredential("1900000001", "5157F09EFDC096DE15EBE81A47057A7232F1B8E1", key),
		option.WithHTTPClient(&http.Client{Transport: keeper{}}), option.WithoutValidator())
	if err != nil {
		panic(err)
	}
	uploader := fileuploader.ImageUploader{Client: client}
	uploader.Upload(context.Background(), bytes.NewReader([]byte("\x89PNG\r\n\x1a\n")), "a.png", "image/png")
}
GO
get go mod init finding
get go get github.com/wechatpay-apiv3/wechatpay-go@v0.2.21
get go run .
get npm install --no-audit --no-fund busboy@1.6.0 @fastify/busboy@3.2.6
cat >read.cjs <<'JS'
const { readFileSync } = require('node:fs');
const headers = { 'content-type': readFileSync('type', 'utf8') };
const events = [];
const parser = process.argv[2] === 'busboy' ? require('busboy')({ headers }) : new (require('@fastify/busboy'))({ headers });
parser.on('field', (name) => events.push(`field ${name}`));
parser.on('file', (name, stream) => stream.resume() && events.push(`file ${name}`));
for (const end of ['error', 'close', 'finish']) parser.once(end, () => events.push(end));
process.on('exit', () => console.log([...new Set(events.filter((e) => e !== 'finish'))].join(', ')));
parser.end(readFileSync('body'));
JS
sees 'header of the part' 'Content-Disposition: form-data; name="meta";' "$(grep -a 'name="meta"' body | tr -d '\r')"
sees 'busboy' 'file file, close' "$(node read.cjs busboy)"
sees '@fastify/busboy, a fork of it' 'field meta, file file' "$(node read.cjs fastify | sed 's/, close//')"
