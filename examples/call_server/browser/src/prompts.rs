//! Prompts by https, with a certificate of the moment: [`Prompts`].

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::Result;

/// What serves them, as for the official SDK.
const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../sdk/tones.py");

/// A server of prompts, which ends when this is dropped: a tone of a second at `/400.wav`, and at `/words.wav` what is no
/// audio.
#[derive(Debug)]
pub struct Prompts {
    /// The URL, without a slash at the end.
    pub url: String,
    /// The file of the certificate.
    pub certificate: PathBuf,
    _directory: TempDir,
    _child: Child,
}

impl Prompts {
    /// Starts it. Needs Python 3 and OpenSSL.
    ///
    /// # Errors
    /// If either is missing, or the server says nothing.
    pub async fn start() -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let (certificate, key) = (directory.path().join("cert.pem"), directory.path().join("key.pem"));
        sign(&certificate, &key).await?;
        let mut command = Command::new("python3");
        command.arg(PROGRAM).arg(directory.path()).args([&certificate, &key]).arg("400");
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true).spawn();
        let mut child = child.map_err(|error| format!("python3 does not start ({error}); Debian has it as python3"))?;
        let output = child.stdout.take().ok_or("the prompts have no output")?;
        let url = BufReader::new(output).lines().next_line().await?.ok_or("no prompts are served")?;
        Ok(Self { url, certificate, _directory: directory, _child: child })
    }
}

async fn sign(certificate: &Path, key: &Path) -> Result<()> {
    let mut command = Command::new("openssl");
    command.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=prompts"]);
    command.args(["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"]);
    command.arg("-keyout").arg(key).arg("-out").arg(certificate).stderr(Stdio::null());
    let status = command.status().await;
    let status = status.map_err(|error| format!("openssl does not start ({error}); Debian has it as openssl"))?;
    if status.success() { Ok(()) } else { Err(format!("openssl makes no certificate: {status}").into()) }
}
