//! Asterisk with ConfBridge, which calls its members by SIP: [`Asterisk`]. Its channels without SIP take no Opus in.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket},
    path::Path,
};

use super::{
    http::retried,
    process::Process,
    server::{Server, configure, peer},
    sip::{OPUS, Phone},
};
use crate::Result;

/// The directory of its settings, in its root directory.
const SETTINGS: &str = "bench/asterisk";
const MAIN: &str = "[directories]
astetcdir => /bench/asterisk
astmoddir => /usr/lib/x86_64-linux-gnu/asterisk/modules
astvarlibdir => /var/lib/asterisk
astdbdir => /bench/asterisk
astdatadir => /usr/share/asterisk
astrundir => /bench/asterisk
astlogdir => /bench/asterisk
astspooldir => /bench/asterisk
[options]
systemname = bench
";
/// Only what a conference needs.
const MODULES: &str = "[modules]
autoload = no
load = app_confbridge.so
load = bridge_builtin_features.so
load = bridge_builtin_interval_features.so
load = bridge_holding.so
load = bridge_simple.so
load = bridge_softmix.so
load = chan_bridge_media.so
load = chan_pjsip.so
load = codec_opus_open_source.so
load = codec_resample.so
load = func_channel.so
load = pbx_config.so
load = res_ari.so
load = res_ari_channels.so
load = res_ari_model.so
load = res_format_attr_opus.so
load = res_http_websocket.so
load = res_pjproject.so
load = res_pjsip.so
load = res_pjsip_pubsub.so
load = res_pjsip_sdp_rtp.so
load = res_pjsip_session.so
load = res_rtp_asterisk.so
load = res_sorcery_astdb.so
load = res_sorcery_config.so
load = res_sorcery_memory.so
load = res_stasis.so
load = res_stasis_answer.so
load = res_stasis_playback.so
load = res_stasis_recording.so
load = res_stasis_snoop.so
load = res_timing_timerfd.so
load = res_websocket_client.so
";
const ARI: &str = "[general]
enabled = yes
[bench]
type = user
password = bench
password_format = plain
";
/// Who is silent is not mixed (`dsp_drop_silence`), as is recommended for large conferences: all who do not talk hear the
/// same then, and it is encoded once.
const CONFERENCE: &str = "[general]
[bench]
type = bridge
internal_sample_rate = 48000
mixing_interval = 20
[member]
type = user
quiet = yes
announce_join_leave = no
dsp_drop_silence = yes
";
const ENDPOINT: &str = "[bench]
type = endpoint
transport = udp
disallow = all
allow = opus
direct_media = no
";
const DIALPLAN: &str = "[bench]
exten => s,1,ConfBridge(1,bench,member)
";
/// A server with one conference.
#[derive(Debug)]
pub struct Asterisk {
    process: Process,
    channels: String,
    phone: Phone,
}

impl Asterisk {
    /// Starts the one that is installed there.
    pub fn start(root: &Path) -> Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let sip_port = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let sip = format!("[udp]\ntype = transport\nprotocol = udp\nbind = 127.0.0.1:{sip_port}\n{ENDPOINT}");
        let http = format!("[general]\nenabled = yes\nbindaddr = 127.0.0.1\nbindport = {port}\nsessionlimit = 1000\n");
        let files = [
            ("asterisk.conf", MAIN),
            ("modules.conf", MODULES),
            ("ari.conf", ARI),
            ("confbridge.conf", CONFERENCE),
            ("extensions.conf", DIALPLAN),
            ("http.conf", &http),
            ("pjsip.conf", &sip),
            ("rtp.conf", "[general]\nrtpstart = 34002\nrtpend = 36000\n"),
        ];
        configure(root, SETTINGS, &files)?;
        let mut command = peer(root, "asterisk");
        command.args(["-f", "-C", "/bench/asterisk/asterisk.conf"]);
        let channels = format!("http://bench:bench@127.0.0.1:{port}/ari/channels");
        let asterisk = Self { process: Process::start(&mut command)?, channels, phone: Phone::new()? };
        retried("Asterisk", || Ok(ureq::get(&asterisk.channels).call().map(drop)?))?;
        Ok(asterisk)
    }
}

impl Server for Asterisk {
    fn join(&mut self, member: usize, port: u16) -> Result<SocketAddr> {
        let channel = format!("{}/member-{member}", self.channels);
        let originate = ureq::post(&channel).query("endpoint", format!("PJSIP/bench/{}", self.phone.uri()?));
        originate.query("extension", "s").query("context", "bench").query("priority", "1").send_empty()?;
        self.phone.answer(port)
    }

    fn payload_type(&self) -> u8 {
        OPUS
    }

    fn process(&self) -> &Process {
        &self.process
    }
}
