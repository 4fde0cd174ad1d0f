"""python3 origin.py PORT HEADER…: a web server that knows neither ranges nor conditions, so that what answers them is the cache before it."""
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Origin(BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.send_response(200)
        for header in sys.argv[2:]:
            self.send_header(*header.split(': ', 1))
        self.send_header('Content-Length', '1000')
        self.end_headers()

    def do_GET(self):
        self.do_HEAD()
        self.wfile.write(bytes(1000))


HTTPServer(('127.0.0.1', int(sys.argv[1])), Origin).serve_forever()
