"""What a program of this folder is given: in its environment, so that all languages are given it alike."""
import os

url = os.environ['TARGET']
path = os.environ['FILE']
filename = os.environ['FNAME']
meta = os.environ['META']
# Authorization, Accept and User-Agent, or none.
headers = dict(line.split(': ', 1) for line in os.environ.get('HEADERS', '').split('\n') if line)
