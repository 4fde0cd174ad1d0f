use crate::Call;
use attohttpc::{MultipartBuilder, MultipartFile, header::{HeaderName, HeaderValue}};

pub fn send(call: Call) {
    let bytes = std::fs::read(call.file).unwrap();
    let file = MultipartFile::new("file", &bytes).with_type("image/png").unwrap().with_filename(&call.filename);
    let form = MultipartBuilder::new().with_text("meta", &call.meta).with_file(file).build().unwrap();
    let request = call.headers.iter().fold(attohttpc::post(call.url), |request, (name, value)| {
        request.header(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap())
    });
    request.body(form).send().unwrap().text().unwrap();
}
