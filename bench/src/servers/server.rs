//! What is measured: a [`Kind`] of server, and one that runs ([`Server`]).

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use clap::ValueEnum;

use super::{asterisk::Asterisk, call_server::CallServer, janus::Janus, options::Servers, process::Process};
use crate::Result;

/// Who is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// call_server, mixing the three loudest
    Mixminus,
    /// call_server, in which every member has levels of its own for all others: no two hear the same
    MixminusOwnLevels,
    /// Janus, AudioBridge
    Janus,
    /// Asterisk, ConfBridge
    Asterisk,
}

/// A server that runs.
pub trait Server {
    /// Has a member in the conference, who receives at this port of loopback. Where its packets are to go.
    fn join(&mut self, member: usize, port: u16) -> Result<SocketAddr>;

    /// All members have joined.
    fn joined(&mut self, _members: usize) -> Result<()> {
        Ok(())
    }

    /// By which number its packets are Opus.
    fn payload_type(&self) -> u8;

    /// Its process.
    fn process(&self) -> &Process;
}

impl Kind {
    /// Its name on the command line, and in the results.
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Whether it is one of ours.
    pub fn is_ours(self) -> bool {
        matches!(self, Self::Mixminus | Self::MixminusOwnLevels)
    }

    /// Those that are to be measured: all that are installed, or those that are named.
    pub fn asked_for(options: &Servers) -> Result<Vec<Self>> {
        let is_here = |kind: Self| kind.is_ours() || kind.program(options.peers.as_deref()).is_some();
        if let Some(missing) = options.named.iter().find(|kind| !is_here(**kind)) {
            return Err(format!("there is no {} in the directory of --peers", missing.name()).into());
        }
        let is_asked_for = |kind: &Self| options.named.is_empty() || options.named.contains(kind);
        Ok(Self::value_variants().iter().copied().filter(|kind| is_asked_for(kind) && is_here(*kind)).collect())
    }

    /// Starts one.
    pub fn start(self, options: &Servers, members: usize) -> Result<Box<dyn Server>> {
        let of_peers = || options.peers.as_deref().ok_or("peers need --peers");
        Ok(match self {
            Self::Mixminus => Box::new(CallServer::start(&options.call_server, members, false)?),
            Self::MixminusOwnLevels => Box::new(CallServer::start(&options.call_server, members, true)?),
            Self::Janus => Box::new(Janus::start(of_peers()?)?),
            Self::Asterisk => Box::new(Asterisk::start(of_peers()?)?),
        })
    }

    /// The packages of a peer, with their versions.
    pub fn version(self, options: &Servers) -> String {
        let Some(root) = options.peers.as_deref().filter(|_| !self.is_ours()) else {
            return concat!("mixminus ", env!("CARGO_PKG_VERSION")).to_owned();
        };
        let mut query = Command::new("dpkg-query");
        query.arg("--admindir").arg(root.join("var/lib/dpkg")).args(["-W", "-f", "${Package} ${Version}, "]);
        let told = query.args([self.name(), "libopus0".to_owned()]).output();
        told.map(|told| String::from_utf8_lossy(&told.stdout).trim_end_matches(", ").to_owned()).unwrap_or_default()
    }

    /// Its program, if it is installed.
    fn program(self, root: Option<&Path>) -> Option<PathBuf> {
        let path = match self {
            Self::Janus => "usr/bin/janus",
            _ => "usr/sbin/asterisk",
        };
        root.map(|root| root.join(path)).filter(|path| path.exists())
    }
}

/// A command of a peer, in the root directory that it is installed in, before other programs as far as this one is
/// allowed that.
pub fn peer(root: &Path, program: &str) -> Command {
    let mut command = niced("chroot");
    // What they say on the terminal would stand among the results.
    command.arg(root).arg(program).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// A command that runs before other programs, if this one may have that: they would disturb the measuring.
pub fn niced(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("nice");
    command.args(["-n", "-5"]).arg(program);
    command
}

/// Writes files of settings into a directory within the root directory of a peer, which is made.
pub fn configure(root: &Path, directory: &str, files: &[(&str, &str)]) -> Result<()> {
    let directory = root.join(directory);
    let put = |(name, text): &(&str, &str)| fs::write(directory.join(name), text);
    let written = fs::create_dir_all(&directory).and_then(|()| files.iter().try_for_each(put));
    Ok(written.map_err(|fault| format!("{} cannot be written: {fault}", directory.display()))?)
}
