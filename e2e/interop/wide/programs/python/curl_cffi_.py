from call import headers, meta, path, url
from curl_cffi import CurlMime, requests

form = CurlMime()
form.addpart('meta', data=meta.encode())
form.addpart('file', filename=path.rsplit('/', 1)[-1], local_path=path, content_type='image/png')
requests.post(url, multipart=form, headers=headers)
