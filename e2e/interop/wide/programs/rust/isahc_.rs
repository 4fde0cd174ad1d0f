//! It has no forms of its own: this one is by common-multipart-rfc7578.
use crate::Call;
use common_multipart_rfc7578::client::multipart::{Body, Form};
use futures_util::TryStreamExt;

pub fn send(call: Call) {
    let mut form = Form::default();
    form.add_text("meta", call.meta);
    form.add_file("file", call.file).unwrap();
    let request = isahc::Request::post(call.url).header("Content-Type", form.content_type());
    let request = call.headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    let bytes = futures_util::future::FutureExt::now_or_never(Body::from(form).map_ok(|b| b.to_vec()).try_concat()).unwrap().unwrap();
    isahc::send(request.body(bytes).unwrap()).unwrap();
}
