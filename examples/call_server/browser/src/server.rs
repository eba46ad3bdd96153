//! The server under test: [`Server`].

use std::{env, path::PathBuf, process::Stdio, time::Duration};

use serde::Deserialize;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

use crate::Result;

/// How long the server may take to start.
const START: Duration = Duration::from_secs(30);

/// A `call_server` on a port of its own, which ends when this is dropped.
#[derive(Debug)]
pub struct Server {
    /// The URL of the desk, without a slash at the end.
    pub address: String,
    /// The token that the server requires, if any.
    pub token: Option<String>,
    child: Child,
}

/// The first line that the server prints.
#[derive(Debug, Deserialize)]
struct Announcement {
    url: String,
    token: Option<String>,
}

impl Server {
    /// Starts a server on a free port, with these further arguments.
    ///
    /// # Errors
    /// If it cannot be built or started, or does not print its address.
    pub async fn start(arguments: &[&str]) -> Result<Self> {
        Self::start_on("127.0.0.1:0", arguments).await
    }

    /// Starts a server on this address and port.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub async fn start_on(listen: &str, arguments: &[&str]) -> Result<Self> {
        let program = program().await?;
        let mut command = Command::new(&program);
        command.args(["--json", "--listen", listen]).args(arguments).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| format!("{} does not start: {error}", program.display()))?;
        let output = child.stdout.take().ok_or("the server has no output")?;
        let mut lines = BufReader::new(output).lines();
        let first =
            timeout(START, announcement(&mut lines)).await.map_err(|_late| "the server said nothing in 30 s")??;
        tokio::spawn(async move { while let Ok(Some(_line)) = lines.next_line().await {} });
        Ok(Self { address: first.url, token: first.token, child })
    }

    /// Kills the server at once, like a crash.
    ///
    /// # Errors
    /// If it cannot be killed.
    pub async fn kill(&mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// The id of its process.
    ///
    /// # Errors
    /// If it has ended.
    pub fn pid(&self) -> Result<u32> {
        self.child.id().ok_or_else(|| "the server has ended".into())
    }

    /// The link that opens the desk. No character that a token can have needs to be escaped in it.
    pub fn link(&self) -> String {
        let fragment = self.token.as_ref().map(|token| format!("#token={token}"));
        format!("{}/{}", self.address, fragment.unwrap_or_default())
    }
}

/// The program that `CALL_SERVER` names, or the one of this checkout, built if needed.
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

async fn announcement(lines: &mut Lines<BufReader<ChildStdout>>) -> Result<Announcement> {
    let first = lines.next_line().await?.ok_or("the server ended before it said where it is")?;
    serde_json::from_str(&first).map_err(|error| format!("the server's first line is {first:?}: {error}").into())
}
