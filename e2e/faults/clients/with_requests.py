"""Python's requests: `python with_requests.py credentials.json IMAGE TIMES`. It verifies no response, as requests alone does not."""

import hashlib
import json
import os
import subprocess
import sys
import time
import uuid

import requests

credentials_file, picture, times = sys.argv[1:]
with open(credentials_file, encoding="utf-8") as stream:
    credentials = json.load(stream)
with open(picture, "rb") as stream:
    image = stream.read()

path = "/v3/marketing/partner/product-coupon/media/upload-image"
name = os.path.basename(picture)
meta = json.dumps({"filename": name, "sha256": hashlib.sha256(image).hexdigest()})


def authorization():
    timestamp, nonce = str(int(time.time())), uuid.uuid4().hex
    message = f"POST\n{path}\n{timestamp}\n{nonce}\n{meta}\n".encode()
    signing = ["openssl", "dgst", "-sha256", "-sign", credentials["privateKeyPath"]]
    signed = subprocess.run(signing, input=message, capture_output=True, check=True).stdout
    encoding = ["openssl", "base64", "-A"]
    signature = subprocess.run(encoding, input=signed, capture_output=True, check=True).stdout.decode()
    return (
        f'WECHATPAY2-SHA256-RSA2048 mchid="{credentials["mchid"]}",serial_no="{credentials["certificateSerialNo"]}",'
        f'nonce_str="{nonce}",timestamp="{timestamp}",signature="{signature}"'
    )


session = requests.Session()
session.trust_env = False
response = None
try:
    for _ in range(int(times)):
        response = None
        headers = {
            "Accept": "application/json",
            "Authorization": authorization(),
            "Wechatpay-Serial": credentials["wechatPayPublicKeyId"],
        }
        form = {"meta": (None, meta, "application/json"), "file": (name, image, "image/png")}
        response = session.post(credentials["baseUrl"] + path, files=form, headers=headers, timeout=1)
    code = response.json().get("code")
    print(response.status_code if code is None else f"{response.status_code}, {code}", end="")
except Exception as error:
    status = "" if response is None else f"{response.status_code}, "
    print(status + type(error).__name__, end="")
