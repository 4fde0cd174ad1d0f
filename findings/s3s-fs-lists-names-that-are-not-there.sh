#!/usr/bin/env bash
# boto3 lists objects of names that are not there, because the store says that it encoded the names and did not.
#
# Versions: s3s-fs 0.14.1 (crates.io), boto3 1.44.8 (PyPI).
# Source:   S3's API reference, ListObjectsV2: with encoding-type=url, the names in the response are encoded so. boto3 asks for it in every
#           listing and decodes where the response has EncodingType.
# Expected: the names as they were stored, or no EncodingType in the response.
# Seen:     "summer+sale.png" is listed as "summer sale.png", which is not there; and two objects, "50%25.png" and "50%.png", are listed by
#           one name. Whoever copies or empties a bucket by its listing leaves the one and takes the other twice.

. "$(dirname "$0")/frame/frame.bash"
. "$(dirname "$finding")/frame/s3s-fs.bash"
cat >names.py <<'PY'
from s3 import s3, ClientError

stored = ['50%.png', '50%25.png', 'summer+sale.png']
for name in stored:
    s3.put_object(Bucket='images', Key=name, Body=name.encode())
listed = [entry['Key'] for entry in s3.list_objects_v2(Bucket='images')['Contents']]
print(', '.join(sorted(listed)))
plain = [entry['Key'] for entry in s3.list_objects_v2(Bucket='images', EncodingType='url')['Contents']]
print('as stored' if sorted(plain) == sorted(stored) else 'otherwise')
try:
    s3.head_object(Bucket='images', Key='summer sale.png')
    print('there')
except ClientError as error:
    print(error.response['Error']['Code'])
PY
python names.py >seen
sees 'what boto3 lists' '50%.png, 50%.png, summer sale.png' "$(sed -n 1p seen)"
sees 'the names in the response itself' 'as stored' "$(sed -n 2p seen)"
sees 'an object of the name that is listed' '404' "$(sed -n 3p seen)"
