//! The server of this repository: [`CallServer`].

use std::{
    io::{BufRead as _, BufReader},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::{Value, json};

use super::{
    http::retried,
    process::Process,
    server::{Server, niced},
};
use crate::Result;

/// By which number packets are Opus, by our own offer.
const OPUS: u8 = 96;

/// A call with nobody in it but a recording of silence and a listener, whom nobody listens in to.
#[derive(Debug)]
pub struct CallServer {
    process: Process,
    url: String,
    call: String,
    own_levels: bool,
    /// The recording of silence.
    silence: PathBuf,
}

impl CallServer {
    /// Starts it for so many members, who may each get levels of their own for all others.
    pub fn start(program: &Path, members: usize, own_levels: bool) -> Result<Self> {
        let silence = std::env::temp_dir().join(format!("mixminus-bench-{}.wav", std::process::id()));
        write_silence(&silence)?;
        let mut command = niced(program);
        command.args(["--anonymous", "--json", "--listen", "127.0.0.1:0", "--loudest", "3", "--log", "error"]);
        command.arg("--max-people").arg(members.to_string());
        command.arg("--source").arg(format!("silence={}", silence.display())).stdout(Stdio::piped());
        let mut process = Process::start(&mut command)?;
        let mut line = String::new();
        process.child.stdout.take().map_or(Ok(0), |stdout| BufReader::new(stdout).read_line(&mut line))?;
        let told: Value =
            serde_json::from_str(&line).map_err(|fault| format!("{} did not start: {fault}", program.display()))?;
        let told = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
        Ok(Self { process, url: told("url"), call: told("call"), own_levels, silence })
    }

    /// Gives a member a level of its own for each other one.
    fn configure(&self, member: usize, members: usize) -> Result<()> {
        let level = |other: usize| json!({"participant": name(other), "level": 40 + (7 * member + 13 * other) % 60});
        let levels: Vec<_> = (0..members).filter(|other| *other != member).map(level).collect();
        let body = json!({"clientContext": "bench",
            "participantMixerLevels": [{"participant": name(member), "exclusive": false, "sourceLevels": levels}]});
        let url = format!("{}/app/calls/{}/participants/configureMixer", self.url, self.call);
        // It may ask for some patience (429).
        retried("configureMixer", || Ok(ureq::post(&url).send_json(&body).map(drop)?))
    }
}

impl Server for CallServer {
    fn join(&mut self, member: usize, port: u16) -> Result<SocketAddr> {
        let url = format!("{}/rtp/{}", self.url, name(member));
        let request = ureq::post(url).header("Content-Type", "application/sdp");
        let answer = request.send(offer(port))?.body_mut().read_to_string()?;
        let port = answer.lines().find_map(|line| line.strip_prefix("m=audio ")?.split(' ').next()?.parse().ok());
        Ok((Ipv4Addr::LOCALHOST, port.ok_or("the answer has no port")?).into())
    }

    fn joined(&mut self, members: usize) -> Result<()> {
        let configured = if self.own_levels { members } else { 0 };
        (0..configured).try_for_each(|member| self.configure(member, members))
    }

    fn payload_type(&self) -> u8 {
        OPUS
    }

    fn process(&self) -> &Process {
        &self.process
    }
}

impl Drop for CallServer {
    fn drop(&mut self) {
        // It was read at the start.
        let _ = std::fs::remove_file(&self.silence);
    }
}

fn name(member: usize) -> String {
    format!("member-{member}")
}

fn offer(port: u16) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP {OPUS}\r\n\
a=rtpmap:{OPUS} opus/48000/2\r\na=fmtp:{OPUS} useinbandfec=1\r\na=rtcp-mux\r\n"
    )
}

/// A second of silence, which stands in for the bundled recordings.
fn write_silence(path: &Path) -> Result<()> {
    let format = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(path, format)?;
    (0..48_000).try_for_each(|_| writer.write_sample(0_i16))?;
    Ok(writer.finalize()?)
}
