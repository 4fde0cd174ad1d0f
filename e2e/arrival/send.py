"""Sends a large body with Python's standard library, so many times, and prints the statuses of the answers as JSON."""

import http.client
import json
import sys
import urllib.parse

url, method, headers, body_file, chunked, times = sys.argv[1:]
with open(body_file, "rb") as stream:
    body = stream.read()
target = urllib.parse.urlsplit(url)


def send():
    pieces = (body[at : at + 65536] for at in range(0, len(body), 65536))
    connection = http.client.HTTPConnection(target.netloc)
    connection.request(
        method,
        target.path,
        pieces if chunked == "true" else body,
        json.loads(headers),
        encode_chunked=chunked == "true",
    )
    answer = connection.getresponse()
    answer.read()
    return answer.status


def status_of_one():
    try:
        return send()
    except OSError as error:
        return repr(error)


print(json.dumps([status_of_one() for _ in range(int(times))]))
