"""Uploads one image of a product coupon and prints its image_url. Needs Python 3.9 or later, and cryptography for RSA.

usage: python3 upload.py IMAGE   (../README.md describes the environment)
"""

import base64
import hashlib
import json
import os
import re
import secrets
import sys
import time
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

PATH = "/v3/marketing/partner/product-coupon/media/upload-image"


class Failure(Exception):
    """A sentence for the user."""


class Merchant:
    def __init__(self, environment):
        def setting(name):
            if not environment.get(name):
                raise Failure(f"{name} is not set")
            return environment[name]

        self.base_url = environment.get("COUPON_MEDIA_BASE_URL") or "https://api.mch.weixin.qq.com"
        self.mchid = setting("COUPON_MEDIA_MCHID")
        self.certificate_serial_no = setting("COUPON_MEDIA_CERTIFICATE_SERIAL_NO")
        self.private_key = read_key(
            "COUPON_MEDIA_PRIVATE_KEY", setting("COUPON_MEDIA_PRIVATE_KEY"), RSAPrivateKey,
            lambda pem: load_pem_private_key(pem, password=None),
        )
        self.public_key_id = setting("COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY_ID")
        self.public_key = read_key(
            "COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY", setting("COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY"), RSAPublicKey,
            load_pem_public_key,
        )

    def upload(self, image):
        file = Path(image).read_bytes()
        name = Path(image).name
        # These bytes are signed and sent: meta is serialised once.
        meta = json.dumps(
            {"filename": name, "sha256": hashlib.sha256(file).hexdigest()}, ensure_ascii=False
        ).encode()
        boundary = secrets.token_hex(16)
        request = Request(
            self.base_url + PATH,
            data=form(boundary, meta, name, file),
            headers={
                "Authorization": self.authorization(meta),
                "Accept": "application/json",
                "User-Agent": "coupon-media-sample-python",
                "Wechatpay-Serial": self.public_key_id,
                "Content-Type": f"multipart/form-data; boundary={boundary}",
            },
        )
        try:
            with urlopen(request, timeout=30) as response:
                body = response.read()
        except HTTPError as refused:
            raise refusal(refused) from None
        self.verify(response, body)
        return json.loads(body)["image_url"]

    def authorization(self, meta):
        """The samples on the page sign an empty body. The signature of an upload covers the text of meta."""
        timestamp = str(int(time.time()))
        nonce = secrets.token_hex(16)
        message = f"POST\n{PATH}\n{timestamp}\n{nonce}\n".encode() + meta + b"\n"
        signature = base64.b64encode(self.private_key.sign(message, PKCS1v15(), SHA256())).decode()
        return (
            f'WECHATPAY2-SHA256-RSA2048 mchid="{self.mchid}",nonce_str="{nonce}",signature="{signature}",'
            f'timestamp="{timestamp}",serial_no="{self.certificate_serial_no}"'
        )

    def verify(self, response, body):
        """Without this check, whoever is between you and WeChat Pay could give you any URL."""

        def untrusted(why):
            return Failure(f"untrusted response: {why} (HTTP {response.status}, Request-ID {header('Request-ID')})")

        def header(name):
            return response.headers.get(name, "")

        serial, timestamp = header("Wechatpay-Serial"), header("Wechatpay-Timestamp")
        if serial != self.public_key_id:
            raise untrusted(f'it is signed with the key "{serial}"')
        if not re.fullmatch("[0-9]{1,12}", timestamp) or abs(time.time() - int(timestamp)) >= 300:
            raise untrusted(f'its time is "{timestamp}"')
        message = f"{timestamp}\n{header('Wechatpay-Nonce')}\n".encode() + body + b"\n"
        try:
            signature = base64.b64decode(header("Wechatpay-Signature"), validate=True)
            self.public_key.verify(signature, message, PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            raise untrusted("its signature is wrong") from None


def form(boundary, meta, name, file):
    # A quotation mark or a line break would end the name.
    filename = re.sub('["\r\n]', "_", name)
    return b"\r\n".join([
        f"--{boundary}".encode(),
        b'Content-Disposition: form-data; name="meta"',
        b"Content-Type: application/json",
        b"",
        meta,
        f"--{boundary}".encode(),
        f'Content-Disposition: form-data; name="file"; filename="{filename}"'.encode(),
        b"Content-Type: application/octet-stream",
        b"",
        file,
        f"--{boundary}--\r\n".encode(),
    ])  # fmt: skip


def refusal(response):
    try:
        said = json.loads(response.read())
        what = f"{said['code']}: {said['message']}"
    except (ValueError, KeyError, TypeError):
        what = "no response of WeChat Pay"
    return Failure(f"{what} (HTTP {response.status}, Request-ID {response.headers.get('Request-ID', '')})")


def read_key(name, file, kind, load):
    try:
        key = load(Path(file).read_bytes())
    except OSError as error:
        raise Failure(f"{name}: {error}") from None
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, kind):
        label = "PRIVATE KEY" if kind is RSAPrivateKey else "PUBLIC KEY"
        raise Failure(f"{name}: {file} has no RSA key between the lines BEGIN {label} and END {label}")
    return key


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: python3 upload.py IMAGE")
    try:
        print(Merchant(os.environ).upload(sys.argv[1]))
    except (Failure, HTTPException, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
