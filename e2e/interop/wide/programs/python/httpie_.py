import subprocess
import sys
from call import headers, meta, path, url

given = [f'{name}:{value}' for name, value in headers.items()]
program = [sys.executable, '-m', 'httpie', '--ignore-stdin', '--multipart', 'POST', url]
subprocess.run([*program, *given, f'meta={meta}', f'file@{path}'], check=False)
