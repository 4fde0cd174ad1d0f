# The service behind Varnish 7.1 or newer, with hitch in front of it for TLS (hitch.conf): a complete configuration that replaces
# /etc/varnish/default.vcl. Change the node's address to yours. e2e/proxies runs this file, with these options:
#
#   varnishd -a 127.0.0.1:6086,PROXY -f /etc/varnish/default.vcl -s malloc,256m -p timeout_idle=60 -p backend_idle_timeout=60 \
#     -p http_range_support=off
#
# Without the last one Varnish cuts ranges out of whatever the node sends whole, and responds to HEAD with a range with 416.
#
# `varnishncsa -F '%h %t "%r" %s %b {%{Wechatpay-Serial}o|%{Request-ID}o}'` logs which key signed a response and the id that finds the
# details in the node's log.
#
# What it cannot do: Varnish responds to `Expect: 100-continue` itself, so that a refusal follows the body. It has no limit of connections by
# address without a module (vmod_vsthrottle).

vcl 4.1;

backend node {
    .host = "127.0.0.1";
    .port = "8787";
    .connect_timeout = 2s;
    .first_byte_timeout = 30s;
    .between_bytes_timeout = 30s;
    .max_connections = 900;
}

sub vcl_recv {
    # Exactly the public paths of the service, and nothing else: the uploads of apiv3's table, certificates, images. req.url is path and
    # query as they were sent. Health, readiness, metrics and documentation are internal: call the nodes directly. If your service has
    # further routes, add them here.
    if (req.url !~ "^/v3/marketing/partner/product-coupon/media/upload-image(\?|$)"
        && req.url !~ "^/brand/marketing/product-coupon/media/upload-image(\?|$)"
        && req.url !~ "^/v3/marketing/favor/media/image-upload(\?|$)"
        && req.url !~ "^/v3/merchant/media/upload(\?|$)"
        && req.url !~ "^/v3/merchant-service/images/upload(\?|$)"
        && req.url !~ "^/v3/certificates(\?|$)"
        && req.url !~ "^/images/[0-9a-f]{64}\.(jpg|png|bmp)(\?|$)") {
        return (synth(404));
    }
    # Only whole images are kept. Of a stored one Varnish would respond itself, and otherwise than the node: 416 to several ranges, 206 to HEAD
    # with a range, the whole image to a list of tags.
    if (req.method != "GET" || req.url !~ "^/images/" || req.http.Range || req.http.If-None-Match || req.http.If-Modified-Since) {
        return (pass);
    }
    # A query changes nothing of an image, and would store it once more.
    set req.url = regsub(req.url, "\?.*$", "");
    return (hash);
}

sub vcl_backend_response {
    # A 404 says `no-store`: the image may be uploaded a second later.
    if (beresp.status != 200) {
        set beresp.uncacheable = true;
    }
    return (deliver);
}

sub vcl_deliver {
    unset resp.http.Via;
    unset resp.http.X-Varnish;
    # Varnish takes it away from what it keeps, since ranges are not its own here.
    if (req.url ~ "^/images/" && resp.status == 200) {
        set resp.http.Accept-Ranges = "bytes";
    }
    return (deliver);
}

# Varnish's own responses look like the service's, and have the Request-ID that clients require (contract 3.2).
sub vcl_synth {
    set resp.http.Request-ID = "varnish" + req.xid + "-0";
    unset resp.http.Server;
    unset resp.http.X-Varnish;
    set resp.body = "";
    return (deliver);
}

sub vcl_backend_error {
    set beresp.http.Request-ID = "varnish" + bereq.xid + "-0";
    set beresp.http.Content-Type = "application/json";
    set beresp.http.Retry-After = "1";
    unset beresp.http.Server;
    set beresp.body = """{"code":"SYSTEM_ERROR","message":"系统错误"}""";
    return (deliver);
}
