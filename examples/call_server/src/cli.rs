//! The command line: the options, and which of them exclude or need each other.

use std::{
    net::{IpAddr, SocketAddr},
    ops::RangeInclusive,
    path::PathBuf,
};

use clap::{Parser, error::ErrorKind};
use mixminus::http::IpRange;
use url::Url;

use crate::{
    arguments::{self, SourceArgument},
    cluster::ClusterArguments,
    error::Error,
};

/// A call that never ends, mixed in real time, with the configureMixer service and a mixing desk in the browser.
///
/// People come and go with WebRTC (WHIP, at /whip), beside recordings. Without --source the bundled ones talk: an
/// interpreter over a speaker, and a short discussion, again and again. Ctrl-C ends it in order, a second one at once.
#[derive(Debug, Parser)]
#[command(name = "call_server", version)]
pub struct Options {
    /// Where clients reach the server; port 0 takes any that is free
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080", value_parser = arguments::listen)]
    pub listen: SocketAddr,

    /// The bearer token that clients need [default: a random one, which is printed]
    #[arg(long, value_name = "TOKEN", env = "CALL_SERVER_TOKEN", hide_env_values = true)]
    #[arg(value_parser = arguments::token, conflicts_with = "anonymous")]
    pub token: Option<String>,

    /// Lets everybody do everything without a token: only where nobody else reaches the server
    #[arg(long)]
    pub anonymous: bool,

    /// Tokens are JWTs (RS256 or ES256), checked with the keys of this JWKS: a file, or a URL; it
    /// is read again, so that keys can rotate
    #[arg(long, value_name = "FILE|URL", requires = "issuer", requires = "audience")]
    #[arg(conflicts_with_all = ["token", "anonymous"])]
    pub jwks: Option<String>,

    /// An accepted issuer of JWTs, their "iss"; repeatable
    #[arg(long, value_name = "ISS", requires = "jwks")]
    pub issuer: Vec<String>,

    /// An accepted audience of JWTs, their "aud"; repeatable
    #[arg(long, value_name = "AUD", requires = "jwks")]
    pub audience: Vec<String>,

    /// The id of the call [default: the name of the cluster, or a random UUID]
    #[arg(long, value_name = "ID", value_parser = arguments::id)]
    pub call: Option<String>,

    /// A participant who sends FILE over and over (WAV, mono or stereo: integer or float of any
    /// width, A-law or mu-law) and hears a mix, instead of the bundled ones; repeatable
    #[arg(long = "source", value_name = "ID=FILE", value_parser = arguments::source)]
    pub sources: Vec<SourceArgument>,

    /// A participant who only hears; repeatable [default: guest]
    #[arg(long = "listener", value_name = "ID", value_parser = arguments::id)]
    pub listeners: Vec<String>,

    /// A participant, of the options or of those who come later, who is out of the default group: only audioRoutingGroups
    /// let it be heard, and let it hear; repeatable
    #[arg(long = "apart", value_name = "ID", value_parser = arguments::id)]
    pub apart: Vec<String>,

    /// Which roles a role hears; with it the call has roles. Whoever has none of them hears, and is heard by, the default
    /// group; repeatable
    #[arg(long, value_name = "ROLE=ROLE,ROLE", value_parser = arguments::hears)]
    pub hears: Vec<(String, Vec<String>)>,

    /// The role of a participant, of the options or of those who come later; repeatable
    #[arg(long = "role", value_name = "ID=ROLE", value_parser = arguments::role, requires = "hears")]
    pub roles: Vec<(String, String)>,

    /// Records the call: what each participant says in DIR/stems/ID.wav, what it hears in DIR/mixes/ID.wav, 16 bit at 48 kHz,
    /// all on one timeline, and who was when in DIR/index.json; never over an earlier recording
    #[arg(long, value_name = "DIR")]
    pub record: Option<PathBuf>,

    /// When the server stops, all stems become the channels of one file, DIR/stems.wav (RF64 from 4 GiB on)
    #[arg(long, requires = "record")]
    pub multichannel: bool,

    /// The URL that the call's notifications are posted to
    #[arg(long, value_name = "URL", value_parser = arguments::web_url, requires = "callback_token")]
    pub callback: Option<Url>,

    /// The bearer token of each notification
    #[arg(long, value_name = "TOKEN", env = "CALL_SERVER_CALLBACK_TOKEN", hide_env_values = true)]
    #[arg(value_parser = arguments::token)]
    pub callback_token: Option<String>,

    /// Addresses that prompts are fetched from though they are not public, such as 10.1.2.0/24: those of a server of prompts
    /// in one's own network; repeatable
    #[arg(long = "prompts-from", value_name = "RANGE")]
    pub prompts_from: Vec<IpRange>,

    /// The certificate of an authority that a server of prompts is trusted by, beside those of the system, PEM; repeatable
    #[arg(long = "prompts-authority", value_name = "FILE")]
    pub prompts_authorities: Vec<PathBuf>,

    /// The certificate chain for https, PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,

    /// The private key of the certificate, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,

    /// The URL of the server as its clients see it, if they reach it by another address than
    /// --listen: behind a proxy, or by the name in a certificate
    #[arg(long, value_name = "URL", value_parser = arguments::public_url)]
    pub public_url: Option<Url>,

    /// How many are mixed at a time, at most: the loudest, and those that a listener's levels name. The fewer, the more
    /// people share an encoding [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub loudest: Option<u16>,

    /// How many people may be in the call at a time, besides the recordings and the listeners of the options
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..))]
    pub max_people: u16,

    /// How long the place of somebody whose connection is lost is kept, with all that is configured
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub keep_place: u32,

    /// The UDP ports for people's sound, on the address of --listen [default: any that are free]
    #[arg(long, value_name = "FIRST-LAST", value_parser = arguments::ports)]
    pub rtp_ports: Option<RangeInclusive<u16>>,

    /// Takes the first packet of a telephone from any address, for ten seconds: for telephones behind a NAT, whose
    /// offers name an address that nobody else knows
    #[arg(long)]
    pub rtp_latch: bool,

    /// The IP address that people's sound is sent to, if it is not the one of --listen: behind a NAT
    /// that forwards the ports, or with --listen 0.0.0.0
    #[arg(long, value_name = "ADDRESS")]
    pub public_ip: Option<IpAddr>,

    /// How many clients may watch the desk, and how many may listen in, at a time
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..))]
    pub max_sockets: u16,

    /// How many connections there may be at a time; half of them from one address
    #[arg(long, value_name = "N", default_value_t = 512, value_parser = clap::value_parser!(u16).range(2..))]
    pub max_connections: u16,

    #[command(flatten)]
    pub cluster: ClusterArguments,

    /// Which events are logged on standard error, such as debug or warn,mixminus=debug
    #[arg(long, value_name = "FILTER", default_value = "warn")]
    pub log: String,

    /// Prints one line of JSON on standard output at the start, for machines: url, token, call, participants
    #[arg(long)]
    pub json: bool,
}

impl Options {
    /// Parses the options of this process. Prints the help or the version and returns `None` if
    /// that was asked for.
    pub fn from_command_line() -> Result<Option<Self>, Error> {
        match Self::try_parse() {
            Ok(options) => Ok(Some(options)),
            Err(answer) if matches!(answer.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
                // A reader that closes the pipe early is not an error.
                let _ = answer.print();
                Ok(None)
            }
            Err(fault) => Err(Error::Usage(one_line(&fault.to_string()))),
        }
    }

    /// `https` if there is a certificate, otherwise `http`.
    pub fn scheme(&self) -> &'static str {
        if self.tls_cert.is_some() { "https" } else { "http" }
    }
}

/// The message of clap in one line, without its usage paragraphs.
fn one_line(message: &str) -> String {
    let told = message.lines().take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
    let words: Vec<&str> = told.flat_map(str::split_whitespace).collect();
    words.join(" ").trim_start_matches("error: ").to_owned()
}
