import primp
from call import headers, meta, path, url

primp.Client().post(url, data={'meta': meta}, files={'file': path}, headers=headers)
