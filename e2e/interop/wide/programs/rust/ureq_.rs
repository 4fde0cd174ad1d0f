use crate::Call;
use ureq::unversioned::multipart::{Form, Part};

pub fn send(call: Call) {
    let part = Part::file(&call.file).unwrap();
    let form = Form::new().text("meta", &call.meta).part("file", part);
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let request = call.headers.iter().fold(agent.post(&call.url), |request, (name, value)| request.header(name, value));
    request.send(form).unwrap().body_mut().read_to_string().unwrap();
}
