<?php
// Uploads one image of a product coupon and prints its image_url. Needs PHP 8.1 or later with its extensions curl and openssl.
// usage: php upload.php IMAGE   (../README.md describes the environment)

declare(strict_types=1);

const PATH = '/v3/marketing/partner/product-coupon/media/upload-image';

/** A sentence for the user. */
final class Failure extends Exception
{
}

/** A response with its headers, whose names have small letters here. */
final class Response
{
    /** @param array<string, string> $headers */
    public function __construct(
        public readonly int $status,
        private readonly array $headers,
        public readonly string $body,
    ) {
    }

    public function header(string $name): string
    {
        return $this->headers[strtolower($name)] ?? '';
    }

    public function failure(string $what): Failure
    {
        return new Failure("$what (HTTP $this->status, Request-ID {$this->header('Request-ID')})");
    }
}

final class Merchant
{
    private readonly string $baseUrl;
    private readonly string $mchid;
    private readonly string $certificateSerialNo;
    private readonly OpenSSLAsymmetricKey $privateKey;
    private readonly string $publicKeyId;
    private readonly OpenSSLAsymmetricKey $publicKey;

    public function __construct()
    {
        $this->baseUrl = getenv('COUPON_MEDIA_BASE_URL') ?: 'https://api.mch.weixin.qq.com';
        $this->mchid = self::setting('COUPON_MEDIA_MCHID');
        $this->certificateSerialNo = self::setting('COUPON_MEDIA_CERTIFICATE_SERIAL_NO');
        $this->privateKey = self::key('COUPON_MEDIA_PRIVATE_KEY', 'PRIVATE KEY', openssl_pkey_get_private(...));
        $this->publicKeyId = self::setting('COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY_ID');
        $this->publicKey = self::key('COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY', 'PUBLIC KEY', openssl_pkey_get_public(...));
    }

    public function upload(string $image): string
    {
        $file = @file_get_contents($image);
        if ($file === false) {
            throw new Failure("cannot read $image");
        }
        $name = basename($image);
        // This one text is signed and sent: meta is serialised once.
        $meta = json_encode(
            ['filename' => $name, 'sha256' => hash('sha256', $file)],
            JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES,
        );
        $response = $this->send($meta, $image, $name);
        if ($response->status !== 200) {
            throw self::refusal($response);
        }
        $this->verify($response);
        return json_decode($response->body, flags: JSON_THROW_ON_ERROR)->image_url;
    }

    private function send(string $meta, string $image, string $name): Response
    {
        $headers = [];
        $request = curl_init($this->baseUrl . PATH);
        curl_setopt_array($request, [
            CURLOPT_HTTPHEADER => [
                'Authorization: ' . $this->authorization($meta),
                'Accept: application/json',
                'User-Agent: coupon-media-sample-php',
                "Wechatpay-Serial: $this->publicKeyId",
            ],
            CURLOPT_POSTFIELDS => ['meta' => $meta, 'file' => new CURLFile($image, 'application/octet-stream', $name)],
            CURLOPT_CONNECTTIMEOUT => 10,
            CURLOPT_TIMEOUT => 30,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_HEADERFUNCTION => function ($request, string $line) use (&$headers): int {
                [$header, $value] = [...explode(':', $line, 2), ''];
                $headers[strtolower($header)] = trim($value);
                return strlen($line);
            },
        ]);
        $body = curl_exec($request);
        if ($body === false) {
            throw new Failure(curl_error($request));
        }
        return new Response(curl_getinfo($request, CURLINFO_RESPONSE_CODE), $headers, $body);
    }

    /** The samples on the page sign an empty body. The signature of an upload covers the text of meta. */
    private function authorization(string $meta): string
    {
        $timestamp = time();
        $nonce = bin2hex(random_bytes(16));
        openssl_sign("POST\n" . PATH . "\n$timestamp\n$nonce\n$meta\n", $signature, $this->privateKey, OPENSSL_ALGO_SHA256);
        return sprintf(
            'WECHATPAY2-SHA256-RSA2048 mchid="%s",nonce_str="%s",signature="%s",timestamp="%d",serial_no="%s"',
            $this->mchid,
            $nonce,
            base64_encode($signature),
            $timestamp,
            $this->certificateSerialNo,
        );
    }

    /** Without this check, whoever is between you and WeChat Pay could give you any URL. */
    private function verify(Response $response): void
    {
        $serial = $response->header('Wechatpay-Serial');
        $timestamp = $response->header('Wechatpay-Timestamp');
        if ($serial !== $this->publicKeyId) {
            throw $response->failure("untrusted response: it is signed with the key \"$serial\"");
        }
        if (!preg_match('/^\d{1,12}$/D', $timestamp) || abs(time() - (int) $timestamp) >= 300) {
            throw $response->failure("untrusted response: its time is \"$timestamp\"");
        }
        $message = "$timestamp\n{$response->header('Wechatpay-Nonce')}\n$response->body\n";
        $signature = base64_decode($response->header('Wechatpay-Signature'));
        if (openssl_verify($message, $signature, $this->publicKey, OPENSSL_ALGO_SHA256) !== 1) {
            throw $response->failure('untrusted response: its signature is wrong');
        }
    }

    private static function refusal(Response $response): Failure
    {
        $said = json_decode($response->body);
        return $response->failure(isset($said->code) ? "$said->code: $said->message" : 'no response of WeChat Pay');
    }

    private static function setting(string $name): string
    {
        return getenv($name) ?: throw new Failure("$name is not set");
    }

    /** @param callable(string): (OpenSSLAsymmetricKey|false) $load */
    private static function key(string $name, string $kind, callable $load): OpenSSLAsymmetricKey
    {
        $file = self::setting($name);
        $pem = @file_get_contents($file);
        if ($pem === false) {
            throw new Failure("$name: cannot read $file");
        }
        $key = str_contains($pem, "BEGIN $kind") ? $load($pem) : false;
        return $key ?: throw new Failure("$name: $file has no RSA key between the lines BEGIN $kind and END $kind");
    }
}

try {
    if ($argc !== 2) {
        throw new Failure('usage: php upload.php IMAGE');
    }
    echo (new Merchant())->upload($argv[1]), "\n";
} catch (Failure | JsonException $failure) {
    fwrite(STDERR, $failure->getMessage() . "\n");
    exit(1);
}
