<?php
// wechatpay-php as its README has it.
declare(strict_types=1);

use GuzzleHttp\Exception\RequestException;
use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;
use WeChatPay\Util\MediaUtil;

require getenv('AUTOLOAD');

function upload(): string
{
    $byCertificate = getenv('MODE') === 'certificate';
    $id = getenv($byCertificate ? 'PLATFORM_SERIAL' : 'PUBLIC_KEY_ID');
    $key = getenv($byCertificate ? 'PLATFORM_CERTIFICATE' : 'PUBLIC_KEY');
    $instance = Builder::factory([
        'mchid' => getenv('MCHID'),
        'serial' => getenv('SERIAL'),
        'privateKey' => Rsa::from('file://' . getenv('KEY'), Rsa::KEY_TYPE_PRIVATE),
        'certs' => [$id => Rsa::from('file://' . $key, Rsa::KEY_TYPE_PUBLIC)],
    ]);
    $media = new MediaUtil(getenv('FILE'));
    if (getenv('STEP') === 'refused') {
        $media->setMeta(json_encode(['filename' => 'coupon.png', 'sha256' => str_repeat('0', 64)]));
    }
    try {
        $response = $instance->chain('v3/marketing/partner/product-coupon/media/upload-image')->post([
            'body' => $media->getStream(),
            'headers' => ['Content-Type' => $media->getContentType()],
        ]);
        return 'accepted ' . $response->getBody();
    } catch (RequestException $error) {
        $response = $error->getResponse();
        $name = (new ReflectionClass($error))->getShortName();
        // Guzzle takes the proxy's 200 for a response if the handshake behind it failed.
        if ($response === null || $response->getStatusCode() === 200) {
            return "$name: {$error->getMessage()}";
        }
        return "$name: {$response->getStatusCode()} " . (json_decode((string) $response->getBody())->code ?? '');
    } catch (Throwable $error) {
        return (new ReflectionClass($error))->getShortName() . ': ' . $error->getMessage();
    }
}

echo 'TOLD ', str_replace("\n", ' ', upload()), "\n";
