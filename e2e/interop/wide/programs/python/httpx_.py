import httpx
from call import headers, meta, path, url

httpx.post(url, data={'meta': meta}, files={'file': open(path, 'rb')}, headers=headers)
