use crate::Call;

pub fn file(call: Call) {
    use reqwest::blocking::{Client, multipart::Form};
    let form = Form::new().text("meta", call.meta).file("file", call.file).unwrap();
    let request = Client::new().post(call.url).multipart(form);
    let request = call.headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    request.send().unwrap().text().unwrap();
}

pub fn bytes(call: Call) {
    use reqwest::blocking::{Client, multipart::{Form, Part}};
    let part = Part::bytes(std::fs::read(call.file).unwrap()).file_name(call.filename);
    let request = Client::new().post(call.url).multipart(Form::new().text("meta", call.meta).part("file", part));
    let request = call.headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    request.send().unwrap().text().unwrap();
}

pub fn bytes12(call: Call) {
    use reqwest12::blocking::{Client, multipart::{Form, Part}};
    let part = Part::bytes(std::fs::read(call.file).unwrap()).file_name(call.filename);
    let request = Client::new().post(call.url).multipart(Form::new().text("meta", call.meta).part("file", part));
    let request = call.headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    request.send().unwrap().text().unwrap();
}
