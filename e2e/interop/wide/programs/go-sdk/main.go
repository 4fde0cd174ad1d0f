// wechatpay-go as its README has it, for an upload of the coupon's endpoint.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"os"
	"strings"

	"github.com/wechatpay-apiv3/wechatpay-go/core"
	"github.com/wechatpay-apiv3/wechatpay-go/core/option"
	"github.com/wechatpay-apiv3/wechatpay-go/utils"
)

const url = "https://api.mch.weixin.qq.com/v3/marketing/partner/product-coupon/media/upload-image"

func main() {
	told, err := upload()
	var refusal *core.APIError
	switch {
	case errors.As(err, &refusal):
		told = fmt.Sprintf("APIError: %d %s", refusal.StatusCode, refusal.Code)
	case err != nil:
		told = "error: " + err.Error()
	}
	fmt.Println("TOLD " + strings.ReplaceAll(told, "\n", " "))
}

func upload() (string, error) {
	ctx, env := context.Background(), os.Getenv
	key, err := utils.LoadPrivateKeyWithPath(env("KEY"))
	if err != nil {
		return "", err
	}
	auth := option.WithWechatPayAutoAuthCipher(env("MCHID"), env("SERIAL"), key, env("APIV3_KEY"))
	if env("MODE") != "certificate" {
		public, err := utils.LoadPublicKeyWithPath(env("PUBLIC_KEY"))
		if err != nil {
			return "", err
		}
		auth = option.WithWechatPayPublicKeyAuthCipher(env("MCHID"), env("SERIAL"), key, env("PUBLIC_KEY_ID"), public)
	}
	client, err := core.NewClient(ctx, auth)
	if err != nil {
		return "", err
	}
	image, err := os.ReadFile(env("FILE"))
	if err != nil {
		return "", err
	}
	digest := fmt.Sprintf("%x", sha256.Sum256(image))
	if env("STEP") == "refused" {
		digest = strings.Repeat("0", 64)
	}
	meta, _ := json.Marshal(map[string]string{"filename": "coupon.png", "sha256": digest})
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	core.CreateFormField(form, "meta", "application/json", meta)
	core.CreateFormFile(form, "coupon.png", "image/png", image)
	form.Close()
	result, err := client.Upload(ctx, url, string(meta), body.String(), form.FormDataContentType())
	if err != nil {
		return "", err
	}
	answer, err := io.ReadAll(result.Response.Body)
	return "accepted " + string(answer), err
}
