#!/usr/bin/env bash
# Guzzle gives an exception the status 200 if TLS fails behind a proxy: it is the proxy's response to CONNECT.
#
# Versions: php-guzzlehttp-guzzle 7.4.5-1 and php-guzzlehttp-psr7 2.4.5-1+deb12u1 (Debian 12), with PHP 8.2 and its curl extension.
# Source:   Guzzle's documentation: hasResponse() of a RequestException says whether a response was received. curl's documentation:
#           CURLINFO_RESPONSE_CODE is the last received response, and that of a proxy is CURLINFO_HTTP_CONNECTCODE.
# Expected: no response, with a proxy as without: the server's certificate was refused, and no request was sent.
# Seen:     without a proxy no response; with one hasResponse() is true and the status 200, so that a program that decides by the status takes
#           a request that never left for one that succeeded. curl itself says 000.

. "$(dirname "$0")/frame/frame.bash"
need php python3 openssl curl
php -r 'exit(extension_loaded("curl") ? 0 : 1);' || cannot 'PHP has no curl extension'
debian php-guzzlehttp-guzzle=7.4.5-1 php-guzzlehttp-promises=1.5.2-1 php-guzzlehttp-psr7=2.4.5-1+deb12u1 \
  php-psr-http-client=1.0.1-2 php-psr-http-factory=1.0.1-3 php-psr-http-message=1.0.1-3 \
  php-getallheaders=3.0.3-3 php-symfony-deprecation-contracts=2.5.5-0+deb12u1
get openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 2 -keyout key.pem -out cert.pem
cat >servers.py <<'PY'
import socket, ssl, sys, threading

tls, proxy = (int(port) for port in sys.argv[1:])

def listen(port, handle):
    listener = socket.create_server(('127.0.0.1', port))
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=handle, args=(connection,), daemon=True).start()

def secure(connection):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain('cert.pem', 'key.pem')
    try:
        context.wrap_socket(connection, server_side=True)
    except OSError:
        connection.close()

def copy(source, target):
    while data := source.recv(65536):
        target.sendall(data)
    target.shutdown(socket.SHUT_WR)

def tunnel(connection):
    while b'\r\n\r\n' not in connection.recv(65536):
        pass
    target = socket.create_connection(('127.0.0.1', tls))
    connection.sendall(b'HTTP/1.1 200 Connection Established\r\n\r\n')
    threading.Thread(target=copy, args=(target, connection), daemon=True).start()
    copy(connection, target)

threading.Thread(target=listen, args=(tls, secure), daemon=True).start()
listen(proxy, tunnel)
PY
cat >ask.php <<'PHP'
<?php
require 'GuzzleHttp/autoload.php';
[, $tls, $proxy] = $argv;
try {
    (new GuzzleHttp\Client())->post("https://localhost:$tls/", $proxy === '' ? [] : ['proxy' => "http://127.0.0.1:$proxy"]);
} catch (GuzzleHttp\Exception\RequestException $error) {
    echo $error->hasResponse() ? 'a response, ' . $error->getResponse()->getStatusCode() : 'no response';
}
PHP
tls=$(free_port)
proxy=$(free_port)
serve "$proxy" python3 servers.py "$tls" "$proxy"
ask() { env -u HTTPS_PROXY -u https_proxy php -d include_path="$work/debian/usr/share/php" ask.php "$tls" "$1" 2>&1; }
sees 'curl, through the proxy' '000' "$(curl -s -o /dev/null -w '%{http_code}' --proxy "http://127.0.0.1:$proxy" "https://localhost:$tls/")"
sees 'Guzzle, without a proxy' 'no response' "$(ask '')"
sees 'Guzzle, through the proxy' 'a response, 200' "$(ask "$proxy")"
