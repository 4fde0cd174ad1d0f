import pycurl
from call import headers, meta, path, url

curl = pycurl.Curl()
curl.setopt(curl.URL, url)
curl.setopt(curl.HTTPHEADER, [f'{name}: {value}' for name, value in headers.items()])
curl.setopt(curl.HTTPPOST, [('meta', meta.encode()), ('file', (curl.FORM_FILE, path.encode()))])
curl.perform()
