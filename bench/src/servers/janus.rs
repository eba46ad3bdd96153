//! Janus with its AudioBridge, whose members come by plain RTP: [`Janus`].

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
};

use serde_json::{Value, json};

use super::{
    http::retried,
    process::Process,
    server::{Server, configure, peer},
};
use crate::Result;

/// By which number packets are Opus, by our own request.
const OPUS: u8 = 96;
/// How often events are asked for until a member has joined: all others are told of each.
const PATIENCE: usize = 100;
/// The directory of its settings, in its root directory.
const SETTINGS: &str = "bench/janus";
/// A session lives as long as the server: nobody has to say that it is still wanted.
const GENERAL: &str = "general: { debug_level = 1 session_timeout = 0 }
media: { rtp_port_range = \"30000-32000\" }
plugins: { disable = \"libjanus_echotest.so,libjanus_streaming.so,libjanus_videocall.so,libjanus_sip.so,\
libjanus_nosip.so,libjanus_recordplay.so,libjanus_voicemail.so,libjanus_textroom.so,libjanus_videoroom.so,\
libjanus_lua.so,libjanus_duktape.so\" }
transports: { disable = \"libjanus_websockets.so,libjanus_pfunix.so,libjanus_rabbitmq.so,libjanus_mqtt.so,\
libjanus_nanomsg.so\" }
";
const BRIDGE: &str = "general: { rtp_port_range = \"32001-34000\" local_ip = \"127.0.0.1\" }\n";

/// A server with one room, and one session that all members belong to.
#[derive(Debug)]
pub struct Janus {
    process: Process,
    session: String,
}

impl Janus {
    /// Starts the one that is installed there.
    pub fn start(root: &Path) -> Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let http = format!(
            "general: {{ json = \"compact\" base_path = \"/janus\" http = true port = {port} ip = \"127.0.0.1\" \
https = false }}\nadmin: {{ admin_http = false }}\n"
        );
        let files =
            [("janus.jcfg", GENERAL), ("janus.plugin.audiobridge.jcfg", BRIDGE), ("janus.transport.http.jcfg", &http)];
        configure(root, SETTINGS, &files)?;
        let mut command = peer(root, "janus");
        command.args(["--disable-colors", "--disable-stdout", "--log-file=/bench/janus/log"]);
        let process = Process::start(command.arg(format!("--configs-folder=/{SETTINGS}")))?;
        let url = format!("http://127.0.0.1:{port}/janus");
        let created = retried("Janus", || ask(&url, &json!({"janus": "create", "transaction": "create"})))?;
        let janus = Self { process, session: format!("{url}/{}", id(&created)?) };
        let room = json!({"request": "create", "room": 1, "sampling_rate": 48_000, "allow_rtp_participants": true,
            "audiolevel_event": false, "default_bitrate": 32_000, "default_expectedloss": 10});
        janus.tell(janus.attach()?, &room)?;
        Ok(janus)
    }

    /// A handle of the plugin.
    fn attach(&self) -> Result<u64> {
        let plugin = "janus.plugin.audiobridge";
        let attached = ask(&self.session, &json!({"janus": "attach", "plugin": plugin, "transaction": "attach"}))?;
        id(&attached)
    }

    fn tell(&self, handle: u64, body: &Value) -> Result<Value> {
        let message = json!({"janus": "message", "transaction": "tell", "body": body});
        ask(&format!("{}/{handle}", self.session), &message)
    }

    /// The next events of the session: one at least.
    fn events(&self) -> Result<Vec<Value>> {
        Ok(ureq::get(format!("{}?maxev=100", self.session)).call()?.body_mut().read_json()?)
    }
}

impl Server for Janus {
    fn join(&mut self, member: usize, port: u16) -> Result<SocketAddr> {
        let handle = self.attach()?;
        let rtp = json!({"ip": "127.0.0.1", "port": port, "payload_type": OPUS, "fec": true});
        let join = json!({"request": "join", "room": 1, "id": member + 1, "display": format!("member-{member}"),
            "muted": false, "codec": "opus", "bitrate": 32_000, "quality": 5, "expected_loss": 10, "rtp": rtp});
        self.tell(handle, &join)?;
        for _ in 0..PATIENCE {
            let events = self.events()?;
            if let Some(port) = events.iter().find_map(|event| joined(event, handle)).transpose()? {
                return Ok((Ipv4Addr::LOCALHOST, port).into());
            }
        }
        Err("Janus does not say that a member has joined".into())
    }

    fn payload_type(&self) -> u8 {
        OPUS
    }

    fn process(&self) -> &Process {
        &self.process
    }
}

/// The port that a member is to send to, if an event is about its joining.
fn joined(event: &Value, handle: u64) -> Option<Result<u16>> {
    let said = &event["plugindata"]["data"];
    let port = said["rtp"]["port"].as_u64().and_then(|port| u16::try_from(port).ok());
    let is_about_it = event["sender"].as_u64() == Some(handle) && (port.is_some() || !said["error"].is_null());
    is_about_it.then(|| Ok(port.ok_or_else(|| format!("Janus says to a member: {event}"))?))
}

fn ask(url: &str, message: &Value) -> Result<Value> {
    let answer: Value = ureq::post(url).send_json(message)?.body_mut().read_json()?;
    let has_failed = answer["janus"] == "error" || !answer["plugindata"]["data"]["error"].is_null();
    if has_failed { Err(format!("Janus says {answer}").into()) } else { Ok(answer) }
}

fn id(answer: &Value) -> Result<u64> {
    Ok(answer["data"]["id"].as_u64().ok_or_else(|| format!("Janus says {answer}"))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_learns_its_port_and_a_refusal() {
        let event =
            |sender: u64, data: Value| json!({"janus": "event", "sender": sender, "plugindata": {"data": data}});
        let came = event(7, json!({"audiobridge": "joined", "id": 1, "rtp": {"ip": "127.0.0.1", "port": 32_002}}));
        assert_eq!(joined(&came, 7).unwrap().unwrap(), 32_002);
        assert!(joined(&came, 8).is_none());
        assert!(joined(&event(7, json!({"audiobridge": "joined", "participants": []})), 7).is_none());
        let refused = joined(&event(7, json!({"audiobridge": "event", "error": "No such room"})), 7).unwrap();
        assert!(refused.unwrap_err().to_string().contains("No such room"));
    }
}
