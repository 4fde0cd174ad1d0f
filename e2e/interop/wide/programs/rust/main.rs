//! The clients of Rust in one program: its argument names one.
use std::env::var;

mod attohttpc_;
mod awc_;
mod isahc_;
mod reqwest_;
mod ureq_;

/// What the program is given: in its environment, so that all languages are given it alike.
pub struct Call {
    pub url: String,
    pub file: String,
    pub filename: String,
    pub meta: String,
    /// Authorization, Accept and User-Agent, or none.
    pub headers: Vec<(String, String)>,
}

fn main() {
    let text = |name: &str| var(name).unwrap_or_default();
    let headers = text("HEADERS")
        .lines()
        .filter_map(|line| line.split_once(": ").map(|(name, value)| (name.into(), value.into())))
        .collect();
    let call = Call { url: text("TARGET"), file: text("FILE"), filename: text("FNAME"), meta: text("META"), headers };
    match std::env::args().nth(1).as_deref() {
        Some("reqwest-file") => reqwest_::file(call),
        Some("reqwest-bytes") => reqwest_::bytes(call),
        Some("reqwest-0.12-bytes") => reqwest_::bytes12(call),
        Some("ureq") => ureq_::send(call),
        Some("attohttpc") => attohttpc_::send(call),
        Some("isahc") => isahc_::send(call),
        Some("awc") => awc_::send(call),
        other => panic!("no client {other:?}"),
    }
}
