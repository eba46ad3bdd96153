//! The server under test: [`Server`].

use std::{env, path::PathBuf, process::Stdio, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

use crate::Result;

/// How long it may take to be there.
const START: Duration = Duration::from_secs(30);

/// A `call_server` on a port of its own, which ends with this.
#[derive(Debug)]
pub struct Server {
    /// Where the desk is, without a token.
    pub address: String,
    /// The token that it wants.
    pub token: String,
    /// The link that it prints: the address with the token.
    pub link: String,
    _child: Child,
}

impl Server {
    /// Starts one with these arguments beside the port.
    ///
    /// # Errors
    /// It cannot be built or started, or does not say where its desk is.
    pub async fn start(arguments: &[&str]) -> Result<Self> {
        let program = program().await?;
        let mut command = Command::new(&program);
        command.args(["--json", "--listen", "127.0.0.1:0"]).args(arguments).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| format!("{} does not start: {error}", program.display()))?;
        let output = child.stdout.take().ok_or("the server has no output")?;
        let mut lines = BufReader::new(output).lines();
        let link = timeout(START, link(&mut lines)).await.map_err(|_late| "the server printed no link in 30 s")??;
        tokio::spawn(async move { while let Ok(Some(_line)) = lines.next_line().await {} });
        let (address, token) = link.split_once("#token=").ok_or("the link has no token")?;
        Ok(Self { address: address.to_owned(), token: token.to_owned(), link: link.clone(), _child: child })
    }
}

/// The one that is named, or the one of this checkout, built if it has to be.
async fn program() -> Result<PathBuf> {
    if let Some(named) = env::var_os("CALL_SERVER") {
        return Ok(named.into());
    }
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--package", "call_server"]).current_dir(&root).env_remove("CARGO_TARGET_DIR");
    let built = build.status().await?;
    if !built.success() {
        return Err(format!("call_server does not build: {built}").into());
    }
    Ok(root.join("target/debug/call_server"))
}

/// The first link with a token among the lines of JSON.
async fn link(lines: &mut Lines<BufReader<ChildStdout>>) -> Result<String> {
    while let Some(line) = lines.next_line().await? {
        if let Some(link) = serde_json::from_str(&line).ok().as_ref().and_then(link_in) {
            return Ok(link.to_owned());
        }
    }
    Err("the server ended before it printed a link".into())
}

fn link_in(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => (text.starts_with("http") && text.contains("#token=")).then_some(text),
        Value::Array(values) => values.iter().find_map(link_in),
        Value::Object(fields) => fields.values().find_map(link_in),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::link_in;

    #[test]
    fn a_link_is_found_wherever_it_is() {
        let line = serde_json::json!({"event": "listening", "at": ["http://x/", {"desk": "http://x/#token=t"}]});
        assert_eq!(link_in(&line), Some("http://x/#token=t"));
        assert_eq!(link_in(&serde_json::json!({"desk": "http://x/"})), None);
    }
}
