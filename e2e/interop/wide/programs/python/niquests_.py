import niquests
from call import headers, meta, path, url

niquests.post(url, data={'meta': meta}, files={'file': open(path, 'rb')}, headers=headers)
