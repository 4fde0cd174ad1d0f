// Uploads one image of a product coupon and prints its image_url. Needs Go 1.19 or later, and the standard library alone.
// usage: go run upload.go IMAGE   (../README.md describes the environment)
package main

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

const path = "/v3/marketing/partner/product-coupon/media/upload-image"

type merchant struct {
	baseURL             string
	mchid               string
	certificateSerialNo string
	privateKey          *rsa.PrivateKey
	publicKeyID         string
	publicKey           *rsa.PublicKey
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: go run upload.go IMAGE")
	}
	merchant, err := fromEnvironment()
	if err != nil {
		return err
	}
	imageURL, err := merchant.upload(args[0])
	if err != nil {
		return err
	}
	fmt.Println(imageURL)
	return nil
}

func (m *merchant) upload(image string) (string, error) {
	file, err := os.ReadFile(image)
	if err != nil {
		return "", err
	}
	name := filepath.Base(image)
	digest := sha256.Sum256(file)
	// These bytes are signed and sent: meta is serialised once.
	meta, err := json.Marshal(map[string]string{"filename": name, "sha256": hex.EncodeToString(digest[:])})
	if err != nil {
		return "", err
	}
	body, contentType, err := form(meta, name, file)
	if err != nil {
		return "", err
	}
	authorization, err := m.authorization(meta)
	if err != nil {
		return "", err
	}
	request, err := http.NewRequest(http.MethodPost, m.baseURL+path, body)
	if err != nil {
		return "", err
	}
	request.Header.Set("Authorization", authorization)
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "coupon-media-sample-go")
	request.Header.Set("Wechatpay-Serial", m.publicKeyID)
	request.Header.Set("Content-Type", contentType)
	client := &http.Client{Timeout: 30 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return "", err
	}
	if response.StatusCode != http.StatusOK {
		return "", refusal(response, answer)
	}
	if err := m.verify(response.Header, answer); err != nil {
		return "", fmt.Errorf("untrusted response: %w (HTTP %d, Request-ID %s)",
			err, response.StatusCode, response.Header.Get("Request-ID"))
	}
	var result struct {
		ImageURL string `json:"image_url"`
	}
	return result.ImageURL, json.Unmarshal(answer, &result)
}

// The samples on the page sign an empty body. The signature of an upload covers the text of meta.
func (m *merchant) authorization(meta []byte) (string, error) {
	timestamp := strconv.FormatInt(time.Now().Unix(), 10)
	random := make([]byte, 16)
	if _, err := rand.Read(random); err != nil {
		return "", err
	}
	nonce := hex.EncodeToString(random)
	digest := sha256.Sum256([]byte(fmt.Sprintf("POST\n%s\n%s\n%s\n%s\n", path, timestamp, nonce, meta)))
	signature, err := rsa.SignPKCS1v15(rand.Reader, m.privateKey, crypto.SHA256, digest[:])
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`WECHATPAY2-SHA256-RSA2048 mchid="%s",nonce_str="%s",signature="%s",timestamp="%s",serial_no="%s"`,
		m.mchid, nonce, base64.StdEncoding.EncodeToString(signature), timestamp, m.certificateSerialNo), nil
}

func form(meta []byte, name string, file []byte) (*bytes.Buffer, string, error) {
	body := &bytes.Buffer{}
	writer := multipart.NewWriter(body)
	part, err := writer.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="meta"`},
		"Content-Type":        {"application/json"},
	})
	if err != nil {
		return nil, "", err
	}
	part.Write(meta)
	part, err = writer.CreateFormFile("file", name)
	if err != nil {
		return nil, "", err
	}
	part.Write(file)
	return body, writer.FormDataContentType(), writer.Close()
}

// Without this check, whoever is between you and WeChat Pay could give you any URL.
func (m *merchant) verify(header http.Header, answer []byte) error {
	if serial := header.Get("Wechatpay-Serial"); serial != m.publicKeyID {
		return fmt.Errorf("it is signed with the key %q", serial)
	}
	timestamp := header.Get("Wechatpay-Timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() >= 300*time.Second {
		return fmt.Errorf("its time is %q", timestamp)
	}
	digest := sha256.Sum256([]byte(fmt.Sprintf("%s\n%s\n%s\n", timestamp, header.Get("Wechatpay-Nonce"), answer)))
	signature, err := base64.StdEncoding.DecodeString(header.Get("Wechatpay-Signature"))
	if err != nil || rsa.VerifyPKCS1v15(m.publicKey, crypto.SHA256, digest[:], signature) != nil {
		return fmt.Errorf("its signature is wrong")
	}
	return nil
}

func refusal(response *http.Response, answer []byte) error {
	var said struct{ Code, Message string }
	what := "no response of WeChat Pay"
	if json.Unmarshal(answer, &said) == nil && said.Code != "" {
		what = said.Code + ": " + said.Message
	}
	return fmt.Errorf("%s (HTTP %d, Request-ID %s)", what, response.StatusCode, response.Header.Get("Request-ID"))
}

func fromEnvironment() (*merchant, error) {
	for _, name := range []string{
		"COUPON_MEDIA_MCHID",
		"COUPON_MEDIA_CERTIFICATE_SERIAL_NO",
		"COUPON_MEDIA_PRIVATE_KEY",
		"COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY_ID",
		"COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY",
	} {
		if os.Getenv(name) == "" {
			return nil, fmt.Errorf("%s is not set", name)
		}
	}
	privateKey, err := readKey[*rsa.PrivateKey]("COUPON_MEDIA_PRIVATE_KEY", "PRIVATE KEY", x509.ParsePKCS8PrivateKey)
	if err != nil {
		return nil, err
	}
	publicKey, err := readKey[*rsa.PublicKey]("COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY", "PUBLIC KEY", x509.ParsePKIXPublicKey)
	if err != nil {
		return nil, err
	}
	baseURL := os.Getenv("COUPON_MEDIA_BASE_URL")
	if baseURL == "" {
		baseURL = "https://api.mch.weixin.qq.com"
	}
	return &merchant{
		baseURL:             baseURL,
		mchid:               os.Getenv("COUPON_MEDIA_MCHID"),
		certificateSerialNo: os.Getenv("COUPON_MEDIA_CERTIFICATE_SERIAL_NO"),
		privateKey:          privateKey,
		publicKeyID:         os.Getenv("COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY_ID"),
		publicKey:           publicKey,
	}, nil
}

func readKey[K any](name, kind string, parse func([]byte) (any, error)) (key K, err error) {
	file := os.Getenv(name)
	text, err := os.ReadFile(file)
	if err != nil {
		return key, fmt.Errorf("%s: %w", name, err)
	}
	if block, _ := pem.Decode(text); block != nil && block.Type == kind {
		if parsed, err := parse(block.Bytes); err == nil {
			if key, ok := parsed.(K); ok {
				return key, nil
			}
		}
	}
	return key, fmt.Errorf("%s: %s has no RSA key between the lines BEGIN %s and END %s", name, file, kind, kind)
}
