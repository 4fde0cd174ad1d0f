from call import filename, headers, meta, path, url
from pyreqwest.client import SyncClientBuilder
from pyreqwest.multipart import FormBuilder, PartBuilder

part = PartBuilder.from_bytes(open(path, 'rb').read()).file_name(filename).mime('image/png')
with SyncClientBuilder().build() as client:
    client.post(url).headers(headers).multipart(FormBuilder().text('meta', meta).part('file', part)).build().send()
