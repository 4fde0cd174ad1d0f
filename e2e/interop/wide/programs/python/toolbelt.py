import requests
from call import filename, headers, meta, path, url
from requests_toolbelt import MultipartEncoder

form = MultipartEncoder(fields={'meta': meta, 'file': (filename, open(path, 'rb'))})
requests.post(url, data=form, headers={**headers, 'Content-Type': form.content_type})
