use crate::Call;
use actix_multipart_rfc7578::client::multipart;

pub fn send(call: Call) {
    actix_rt::System::new().block_on(async {
        let mut form = multipart::Form::default();
        form.add_text("meta", call.meta);
        form.add_file("file", call.file).unwrap();
        let request = awc::Client::default().post(call.url).content_type(form.content_type());
        let request = call.headers.iter().fold(request, |request, (name, value)| request.insert_header((name.as_str(), value.as_str())));
        request.send_body(multipart::Body::from(form)).await.unwrap().body().await.unwrap();
    });
}
