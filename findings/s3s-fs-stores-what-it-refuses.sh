#!/usr/bin/env bash
# An object store refuses damaged bytes and keeps them; and of many that create an object "if there is none", several are told that they did.
#
# Versions: s3s-fs 0.14.1 (crates.io), boto3 1.44.8 (PyPI).
# Source:   S3's API reference, PutObject: BadDigest where Content-MD5 does not match what was received; If-None-Match: * stores the object
#           only if none of that name exists, and of simultaneous writers one succeeds and the others get 412 or 409.
# Expected: 404 for the object that was refused; one success of twelve.
# Seen:     the object that was refused is served with 200; more than one success in three rounds of twelve.

. "$(dirname "$0")/frame/frame.bash"
. "$(dirname "$finding")/frame/s3s-fs.bash"
cat >digest.py <<'PY'
import base64, hashlib
from s3 import s3, ClientError

sent, received = bytes(range(256)), bytes(256)
try:
    s3.put_object(Bucket='images', Key='a.png', Body=received, ContentMD5=base64.b64encode(hashlib.md5(sent).digest()).decode())
except ClientError as error:
    print(error.response['Error']['Code'], end=', ')
try:
    print('there' if s3.get_object(Bucket='images', Key='a.png')['Body'].read() == received else 'other bytes')
except ClientError as error:
    print(error.response['Error']['Code'])
PY
cat >once.py <<'PY'
import threading
from s3 import client, ClientError

def winners(key):
    start, won = threading.Barrier(12), []
    def create(number):
        own = client()
        start.wait()
        try:
            own.put_object(Bucket='images', Key=key, Body=bytes([number]) * 20_000, IfNoneMatch='*')
            won.append(number)
        except ClientError as error:
            if error.response['Error']['Code'] != 'PreconditionFailed':
                raise
    threads = [threading.Thread(target=create, args=(number,)) for number in range(12)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return len(won)

print('one' if all(winners(f'{turn}.png') == 1 for turn in range(3)) else 'more than one')
PY
sees 'an upload whose bytes were changed on the way' 'BadDigest, there' "$(python digest.py)"
sees 'twelve at once, created by' 'more than one' "$(python once.py)"
