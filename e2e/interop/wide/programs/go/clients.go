package main

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"os"

	"github.com/beego/beego/v2/client/httplib"
	hertzclient "github.com/cloudwego/hertz/pkg/app/client"
	hertzprotocol "github.com/cloudwego/hertz/pkg/protocol"
	resty2 "github.com/go-resty/resty/v2"
	fiber "github.com/gofiber/fiber/v3/client"
	"github.com/gogf/gf/v2/net/gclient"
	"github.com/guonaihong/gout"
	"github.com/imroc/req/v3"
	"github.com/parnurzeal/gorequest"
	"github.com/valyala/fasthttp"
	resty3 "resty.dev/v3"
)

func init() {
	clients["net/http"] = func() error {
		var body bytes.Buffer
		contentType, err := writeForm(&body)
		if err != nil {
			return err
		}
		request, err := http.NewRequest("POST", target, &body)
		if err != nil {
			return err
		}
		request.Header.Set("Content-Type", contentType)
		for name, value := range headers {
			request.Header.Set(name, value)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, response.Body)
		return err
	}
	clients["resty v2"] = func() error {
		_, err := resty2.New().R().SetHeaders(headers).SetFormData(map[string]string{"meta": meta}).SetFile("file", file).Post(target)
		return err
	}
	clients["resty v3"] = func() error {
		client := resty3.New()
		defer client.Close()
		_, err := client.R().SetHeaders(headers).SetMultipartFormData(map[string]string{"meta": meta}).SetFile("file", file).Post(target)
		return err
	}
	clients["req"] = func() error {
		_, err := req.C().R().SetHeaders(headers).SetFormData(map[string]string{"meta": meta}).SetFile("file", file).Post(target)
		return err
	}
	clients["gout"] = func() error {
		return gout.POST(target).SetHeader(headersOf(gout.H{})).SetForm(gout.H{"meta": meta, "file": gout.FormFile(file)}).Do()
	}
	clients["gclient"] = func() error {
		response, err := gclient.New().SetHeaderMap(headers).Post(context.Background(), target, map[string]string{"meta": meta, "file": "@file:" + file})
		if err == nil {
			response.ReadAll()
		}
		return err
	}
	clients["beego httplib"] = func() error {
		request := httplib.Post(target).Param("meta", meta).PostFile("file", file)
		for name, value := range headers {
			request.Header(name, value)
		}
		_, err := request.String()
		return err
	}
	clients["gorequest"] = func() error {
		request := gorequest.New().Post(target).Type("multipart")
		for name, value := range headers {
			request.Set(name, value)
		}
		request.SendMap(map[string]string{"meta": meta}).SendFile(file, filename, "file").End()
		return nil
	}
	clients["hertz"] = func() error {
		client, err := hertzclient.NewClient()
		if err != nil {
			return err
		}
		request, response := &hertzprotocol.Request{}, &hertzprotocol.Response{}
		request.SetMethod("POST")
		request.SetRequestURI(target)
		request.SetHeaders(headers)
		request.SetMultipartFormData(map[string]string{"meta": meta})
		request.SetFile("file", file)
		return client.Do(context.Background(), request, response)
	}
	clients["fiber"] = func() error {
		_, err := fiber.New().R().SetHeaders(headers).SetFormDataWithMap(map[string]string{"meta": meta}).AddFileWithReader(filename, open()).Post(target)
		return err
	}
	clients["fiber, named"] = func() error {
		named := fiber.AcquireFile(fiber.SetFileFieldName("file"), fiber.SetFilePath(file))
		_, err := fiber.New().R().SetHeaders(headers).SetFormDataWithMap(map[string]string{"meta": meta}).AddFiles(named).Post(target)
		return err
	}
	clients["fasthttp"] = func() error {
		request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
		contentType, err := writeForm(request.BodyWriter())
		if err != nil {
			return err
		}
		request.SetRequestURI(target)
		request.Header.SetMethod("POST")
		request.Header.SetContentType(contentType)
		for name, value := range headers {
			request.Header.Set(name, value)
		}
		return fasthttp.Do(request, response)
	}
}

func writeForm(body io.Writer) (string, error) {
	form := multipart.NewWriter(body)
	form.WriteField("meta", meta)
	part, err := form.CreateFormFile("file", filename)
	if err != nil {
		return "", err
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	part.Write(content)
	return form.FormDataContentType(), form.Close()
}

func headersOf(made gout.H) gout.H {
	for name, value := range headers {
		made[name] = value
	}
	return made
}

func open() io.ReadCloser {
	opened, err := os.Open(file)
	if err != nil {
		panic(err)
	}
	return opened
}
