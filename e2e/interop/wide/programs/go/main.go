// The clients of Go in one program: its argument names one.
package main

import (
	"os"
	"strings"
)

// What the program is given: in its environment, so that all languages are given it alike.
var (
	target   = os.Getenv("TARGET")
	file     = os.Getenv("FILE")
	filename = os.Getenv("FNAME")
	meta     = os.Getenv("META")
	// Authorization, Accept and User-Agent, or none.
	headers = readHeaders()
	clients = map[string]func() error{}
)

func main() {
	send, known := clients[os.Args[1]]
	if !known {
		panic("no client " + os.Args[1])
	}
	if err := send(); err != nil {
		panic(err)
	}
}

func readHeaders() map[string]string {
	read := map[string]string{}
	for _, line := range strings.Split(os.Getenv("HEADERS"), "\n") {
		if name, value, ok := strings.Cut(line, ": "); ok {
			read[name] = value
		}
	}
	return read
}
