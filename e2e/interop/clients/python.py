"""Python's standard library; its signature comes from openssl, since the library has no RSA."""

import hashlib
import http.client
import json
import os
import subprocess
import sys
import time
import urllib.parse
import urllib.request
import uuid

credentials_file, picture, mode, variant = (sys.argv[1:] + [""])[:4]
with open(credentials_file, encoding="utf-8") as stream:
    credentials = json.load(stream)
with open(picture, "rb") as stream:
    image = stream.read()

path = "/v3/marketing/partner/product-coupon/media/upload-image"
meta = json.dumps(
    {"filename": os.path.basename(picture), "sha256": hashlib.sha256(image).hexdigest()}
)
timestamp, nonce = str(int(time.time())), uuid.uuid4().hex
message = f"POST\n{path}\n{timestamp}\n{nonce}\n{meta}\n".encode()
signing = ["openssl", "dgst", "-sha256", "-sign", credentials["privateKeyPath"]]
signature = subprocess.run(signing, input=message, capture_output=True, check=True).stdout
encoding = ["openssl", "base64", "-A"]
signature = subprocess.run(encoding, input=signature, capture_output=True, check=True).stdout.decode()
platform_key = (
    credentials["platformCertificateSerialNo"]
    if mode == "certificate"
    else credentials["wechatPayPublicKeyId"]
)

boundary = uuid.uuid4().hex
lines = [
    f"--{boundary}",
    'Content-Disposition: form-data; name="meta";',
    "Content-Type: application/json",
    "",
    meta,
    f"--{boundary}",
    'Content-Disposition: form-data; name="file"; filename="your_file_name";',
    "Content-Type: application/octet-stream",
    "",
]
body = "\r\n".join(lines).encode() + b"\r\n" + image + f"\r\n--{boundary}--".encode()
headers = {
    "Authorization": (
        f'WECHATPAY2-SHA256-RSA2048 mchid="{credentials["mchid"]}", serial_no="{credentials["certificateSerialNo"]}", '
        f'nonce_str="{nonce}", timestamp="{timestamp}", signature="{signature}"'
    ),
    "Accept": "application/json",
    "Content-Type": f'multipart/form-data; boundary="{boundary}"',
    "User-Agent": "python",
    "Wechatpay-Serial": platform_key,
}


def with_urllib():
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(credentials["baseUrl"] + path, body, headers)
    with opener.open(request) as answer:
        return answer.status, answer.getheaders(), answer.read()


def a_chunk_per_line():
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(credentials["baseUrl"]).netloc)
    connection.request("POST", path, iter(body.splitlines(keepends=True)), headers, encode_chunked=True)
    answer = connection.getresponse()
    return answer.status, answer.getheaders(), answer.read()


status, answered, content = a_chunk_per_line() if variant == "a chunk per line" else with_urllib()
told = {name.lower(): value for name, value in answered}
print(json.dumps({"status": status, "headers": told, "body": content.decode(), "verifiedBy": "test"}))
