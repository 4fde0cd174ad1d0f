//! Uploads one image of a product coupon and prints its image_url. Needs four crates: the standard library has no HTTP, JSON or RSA.
//! usage: cargo run --quiet -- IMAGE   (../README.md describes the environment)

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::{engine::general_purpose::STANDARD, Engine};
use rsa::pkcs1v15::{Signature, SigningKey, VerifyingKey};
use rsa::pkcs8::{DecodePrivateKey, DecodePublicKey};
use rsa::rand_core::{OsRng, RngCore};
use rsa::sha2::{Digest, Sha256};
use rsa::signature::{SignatureEncoding, Signer, Verifier};
use rsa::{RsaPrivateKey, RsaPublicKey};
use serde_json::{json, Value};
use ureq::http::{HeaderMap, Response};
use ureq::{Agent, Body};

const PATH: &str = "/v3/marketing/partner/product-coupon/media/upload-image";

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match run() {
        Ok(image_url) => {
            println!("{image_url}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<String> {
    let mut arguments = env::args_os().skip(1);
    let (Some(image), None) = (arguments.next(), arguments.next()) else {
        return Err("usage: cargo run --quiet -- IMAGE".into());
    };
    Merchant::from_environment()?.upload(Path::new(&image))
}

struct Merchant {
    base_url: String,
    mchid: String,
    certificate_serial_no: String,
    private_key: SigningKey<Sha256>,
    public_key_id: String,
    public_key: VerifyingKey<Sha256>,
}

impl Merchant {
    fn from_environment() -> Result<Self> {
        let private_key = key("COUPON_MEDIA_PRIVATE_KEY", "PRIVATE KEY", |pem| RsaPrivateKey::from_pkcs8_pem(pem).ok())?;
        let public_key =
            key("COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY", "PUBLIC KEY", |pem| RsaPublicKey::from_public_key_pem(pem).ok())?;
        Ok(Self {
            base_url: env::var("COUPON_MEDIA_BASE_URL").unwrap_or_else(|_| "https://api.mch.weixin.qq.com".into()),
            mchid: setting("COUPON_MEDIA_MCHID")?,
            certificate_serial_no: setting("COUPON_MEDIA_CERTIFICATE_SERIAL_NO")?,
            private_key: SigningKey::new(private_key),
            public_key_id: setting("COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY_ID")?,
            public_key: VerifyingKey::new(public_key),
        })
    }

    fn upload(&self, image: &Path) -> Result<String> {
        let file = fs::read(image).map_err(|error| format!("{}: {error}", image.display()))?;
        let name = image.file_name().unwrap_or_default().to_string_lossy();
        // This one text is signed and sent: meta is serialised once.
        let meta = json!({ "filename": name, "sha256": format!("{:x}", Sha256::digest(&file)) }).to_string();
        let boundary = nonce();
        let agent: Agent = Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(30)))
            .http_status_as_error(false)
            .build()
            .into();
        let mut response = agent
            .post(format!("{}{PATH}", self.base_url))
            .header("Authorization", self.authorization(&meta)?)
            .header("Accept", "application/json")
            .header("User-Agent", "coupon-media-sample-rust")
            .header("Wechatpay-Serial", &self.public_key_id)
            .header("Content-Type", format!("multipart/form-data; boundary={boundary}"))
            .send(form(&boundary, &meta, &name, &file))?;
        let body = response.body_mut().read_to_string()?;
        if response.status() != 200 {
            return Err(refusal(&response, &body).into());
        }
        if let Err(why) = self.verify(response.headers(), &body) {
            return Err(format!("untrusted response: {why} {}", which(&response)).into());
        }
        let answer: Value = serde_json::from_str(&body)?;
        Ok(answer["image_url"].as_str().unwrap_or_default().into())
    }

    /// The samples on the page sign an empty body. The signature of an upload covers the text of meta.
    fn authorization(&self, meta: &str) -> Result<String> {
        let timestamp = now();
        let nonce = nonce();
        let message = format!("POST\n{PATH}\n{timestamp}\n{nonce}\n{meta}\n");
        let signature = STANDARD.encode(self.private_key.try_sign(message.as_bytes())?.to_bytes());
        Ok(format!(
            r#"WECHATPAY2-SHA256-RSA2048 mchid="{}",nonce_str="{nonce}",signature="{signature}",timestamp="{timestamp}",serial_no="{}""#,
            self.mchid, self.certificate_serial_no
        ))
    }

    /// Without this check, whoever is between you and WeChat Pay could give you any URL.
    fn verify(&self, headers: &HeaderMap, body: &str) -> std::result::Result<(), String> {
        let serial = header(headers, "Wechatpay-Serial");
        if serial != self.public_key_id {
            return Err(format!("it is signed with the key {serial:?}"));
        }
        let timestamp = header(headers, "Wechatpay-Timestamp");
        if !timestamp.parse().is_ok_and(|seconds: u64| now().abs_diff(seconds) < 300) {
            return Err(format!("its time is {timestamp:?}"));
        }
        let message = format!("{timestamp}\n{}\n{body}\n", header(headers, "Wechatpay-Nonce"));
        STANDARD
            .decode(header(headers, "Wechatpay-Signature"))
            .ok()
            .and_then(|bytes| Signature::try_from(bytes.as_slice()).ok())
            .and_then(|signature| self.public_key.verify(message.as_bytes(), &signature).ok())
            .ok_or_else(|| "its signature is wrong".into())
    }
}

fn form(boundary: &str, meta: &str, name: &str, file: &[u8]) -> Vec<u8> {
    // A quotation mark or a line break would end the name.
    let filename = name.replace(['"', '\r', '\n'], "_");
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"meta\"\r\nContent-Type: application/json\r\n\r\n{meta}\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{filename}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    [head.as_bytes(), file, format!("\r\n--{boundary}--\r\n").as_bytes()].concat()
}

fn refusal(response: &Response<Body>, body: &str) -> String {
    let said: Value = serde_json::from_str(body).unwrap_or_default();
    let what = match (said["code"].as_str(), said["message"].as_str()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        _ => "no response of WeChat Pay".into(),
    };
    format!("{what} {}", which(response))
}

fn which(response: &Response<Body>) -> String {
    format!("(HTTP {}, Request-ID {})", response.status().as_u16(), header(response.headers(), "Request-ID"))
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn nonce() -> String {
    let mut random = [0; 16];
    OsRng.fill_bytes(&mut random);
    random.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn setting(name: &str) -> Result<String> {
    env::var(name).ok().filter(|value| !value.is_empty()).ok_or_else(|| format!("{name} is not set").into())
}

fn key<K>(name: &str, kind: &str, load: impl Fn(&str) -> Option<K>) -> Result<K> {
    let file = setting(name)?;
    let pem = fs::read_to_string(&file).map_err(|error| format!("{name}: {file}: {error}"))?;
    load(&pem).ok_or_else(|| {
        format!("{name}: {file} has no RSA key between the lines BEGIN {kind} and END {kind}").into()
    })
}
