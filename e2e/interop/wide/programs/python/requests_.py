import requests
from call import headers, meta, path, url

requests.post(url, data={'meta': meta}, files={'file': open(path, 'rb')}, headers=headers)
