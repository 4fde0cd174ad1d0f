# Sourced after frame.bash: s3s-fs 0.14.1 from crates.io with a bucket "images", and boto3; python runs a script with `s3`, `url` and `ClientError` there.
need cargo python3
get cargo install --root "$work/cargo" --version 0.14.1 --locked --debug --features binary s3s-fs
get python3 -m venv venv
get venv/bin/pip install boto3==1.44.8 botocore==1.44.8
mkdir -p store/images
port=$(free_port)
serve "$port" cargo/bin/s3s-fs --host 127.0.0.1 --port "$port" --access-key reader --secret-key secret-of-a-test store
cat >s3.py <<PY
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

def client():
    return boto3.client('s3', endpoint_url='http://127.0.0.1:$port', region_name='us-east-1', aws_access_key_id='reader',
                        aws_secret_access_key='secret-of-a-test',
                        config=Config(s3={'addressing_style': 'path'}, retries={'max_attempts': 1}))

s3 = client()
PY
python() { PYTHONWARNINGS=ignore venv/bin/python "$@"; }
