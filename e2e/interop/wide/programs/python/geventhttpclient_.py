import geventhttpclient
from call import headers, meta, path, url

geventhttpclient.post(url, data={'meta': meta}, files={'file': open(path, 'rb')}, headers=headers)
