import urllib3
from call import filename, headers, meta, path, url

fields = {'meta': meta, 'file': (filename, open(path, 'rb').read())}
urllib3.PoolManager().request('POST', url, fields=fields, headers=headers, retries=False)
