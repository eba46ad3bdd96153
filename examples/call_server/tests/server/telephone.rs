//! A telephone: plain RTP over UDP on loopback, and a tone in one of the codecs.

use std::{
    f64::consts::TAU,
    net::{SocketAddr, UdpSocket},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use mixminus::stream::{Decoder, G711, G722};
use reqwest::{Method, Response};
use serde_json::Value;

use crate::{
    rig::{Server, client},
    tones::{AMPLITUDE, Ear},
};

/// The codecs that telephones of these tests have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Codec {
    Pcmu,
    G722,
}

impl Codec {
    fn rate_hz(self) -> usize {
        if self == Self::Pcmu { 8000 } else { 16_000 }
    }

    pub fn payload_type(self) -> u8 {
        if self == Self::Pcmu { 0 } else { 9 }
    }
}

/// Two sockets beside each other, and the offers that name them.
pub struct Line {
    pub rtp: UdpSocket,
    pub rtcp: UdpSocket,
    pub address: SocketAddr,
}

impl Line {
    pub fn new() -> Self {
        loop {
            let rtp = UdpSocket::bind("127.0.0.1:0").unwrap();
            let address = rtp.local_addr().unwrap();
            let next = SocketAddr::new(address.ip(), address.port().saturating_add(1));
            if let Ok(rtcp) = UdpSocket::bind(next) {
                rtcp.set_read_timeout(Some(crate::rig::PATIENCE)).unwrap();
                return Self { rtp, rtcp, address };
            }
        }
    }

    /// An offer with these formats, and more lines.
    pub fn offer(&self, formats: &str, lines: &[&str]) -> String {
        let media = format!("m=audio {} RTP/AVP {formats}", self.address.port());
        let head = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", &media];
        [&head[..], &["a=rtpmap:101 telephone-event/8000"], lines, &[""]].concat().join("\r\n")
    }
}

impl Server {
    pub async fn call(&self, path: &str, offer: &str) -> Response {
        self.sdp(Method::POST, path, offer).await
    }

    pub async fn sdp(&self, method: Method, path: &str, offer: &str) -> Response {
        let request = client().request(method, format!("{}{path}", self.url)).header("content-type", "application/sdp");
        self.authorized(request.body(offer.to_owned())).send().await.unwrap()
    }

    /// The figures of a session.
    pub async fn figures(&self, location: &str) -> Value {
        self.get(location).await.json().await.unwrap()
    }
}

/// The port that an answer names.
pub fn port(answer: &str) -> u16 {
    let media = answer.lines().find_map(|line| line.strip_prefix("m=audio ")).unwrap();
    media.split(' ').next().unwrap().parse().unwrap()
}

/// What is sent at the moment.
#[derive(Debug, Clone, Copy)]
pub struct Voice {
    pub codec: Codec,
    pub ssrc: u32,
    /// Added to sequence numbers and timestamps.
    pub offset: u32,
}

/// Somebody in the call.
pub struct Telephone {
    pub location: String,
    pub server: SocketAddr,
    pub line: Arc<Line>,
    pub voice: Arc<Mutex<Voice>>,
    pub heard: Arc<Mutex<Ear>>,
    quits: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Telephone {
    /// Comes as `id` and sends a tone.
    pub async fn join(server: &Server, id: &str, hz: f64, codec: Codec) -> Self {
        let line = Arc::new(Line::new());
        let answer =
            server.call(&format!("/rtp/{id}"), &line.offer(&format!("{} 101", codec.payload_type()), &[])).await;
        assert_eq!(answer.status(), 201, "{}", answer.text().await.unwrap());
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        let port = port(&answer.text().await.unwrap());
        let voice = Arc::new(Mutex::new(Voice { codec, ssrc: 7, offset: 0xFFFF_FF00 }));
        let server = SocketAddr::new([127, 0, 0, 1].into(), port);
        let (heard, quits) = (Arc::<Mutex<Ear>>::default(), Arc::<AtomicBool>::default());
        let talk = {
            let (line, voice) = (Arc::clone(&line), Arc::clone(&voice));
            let (heard, quits) = (Arc::clone(&heard), Arc::clone(&quits));
            move || talk(&line, server, hz, &voice, &heard, &quits)
        };
        Self { location, server, line, voice, heard, quits, thread: Some(thread::spawn(talk)) }
    }

    /// Waits until it hears each tone as loud as it is said.
    pub async fn until_hears(&self, wanted: &[(f64, f64)]) {
        crate::tones::until(|| {
            let ear = self.heard.lock().unwrap();
            wanted.iter().map(|(hz, level)| (ear.level(*hz), *level)).collect()
        })
        .await;
    }

    /// Sends a key: three packets of its end.
    pub fn press(&self, event: u8) {
        for sequence in 0..3_u8 {
            let packet = [0x80, 101, 0, sequence, 0, 0, 0, event, 0, 0, 0, 9, event, 0x80, 0x03, 0x20];
            self.line.rtp.send_to(&packet, self.server).unwrap();
        }
    }
}

impl Drop for Telephone {
    fn drop(&mut self) {
        self.quits.store(true, Ordering::Relaxed);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Sends 20 ms of a tone each 20 ms, and hears what comes.
fn talk(line: &Line, server: SocketAddr, hz: f64, voice: &Mutex<Voice>, heard: &Mutex<Ear>, quits: &AtomicBool) {
    let (mut mu, mut wide) = (audio_codec::pcmu::PcmuEncoder::new(), audio_codec::g722::G722Encoder::new());
    let (mut narrow_ear, mut wide_ear) = (G711::mu_law(), G722::new());
    let mut due = Instant::now();
    let mut at = 0_u32;
    while !quits.load(Ordering::Relaxed) {
        let Voice { codec, ssrc, offset } = *voice.lock().unwrap();
        let encoder: &mut dyn audio_codec::Encoder = if codec == Codec::Pcmu { &mut mu } else { &mut wide };
        let length = codec.rate_hz() / 50;
        let sample = |index: usize| {
            let time = f64::from(at) / 50.0 + index as f64 / codec.rate_hz() as f64;
            (32_767.0 * AMPLITUDE * (TAU * hz * time).sin()) as i16
        };
        let samples: Vec<i16> = (0..length).map(sample).collect();
        let mut payload = vec![0; encoder.max_encode_bytes(length)];
        let written = encoder.encode_into(&samples, &mut payload).unwrap();
        let number = (at.wrapping_add(offset) as u16).to_be_bytes();
        let timestamp = (at * 160).wrapping_add(offset).to_be_bytes();
        let packet =
            [&[0x80, codec.payload_type()], &number[..], &timestamp, &ssrc.to_be_bytes(), &payload[..written]].concat();
        line.rtp.send_to(&packet, server).unwrap();
        (at, due) = (at + 1, due + Duration::from_millis(20));
        while let Some(wait) = due.checked_duration_since(Instant::now()).filter(|wait| !wait.is_zero()) {
            line.rtp.set_read_timeout(Some(wait)).unwrap();
            let mut packet = [0; 1500];
            let Ok(length) = line.rtp.recv(&mut packet) else { break };
            let header = 12 + 4 * usize::from(packet[0] & 0x0F);
            assert!(length > header && packet[0] & 0xF0 == 0x80, "no RTP: {:?}", &packet[..length]);
            let decoder: &mut dyn Decoder = if packet[1] & 0x7F == 0 { &mut narrow_ear } else { &mut wide_ear };
            let mut out = vec![0.0; decoder.most_samples()];
            let frames = decoder.decode(&packet[header..length], &mut out).unwrap();
            // An ear listens at 48 kHz.
            let repeat = 48_000 / decoder.format().rate_hz as usize;
            let held: Vec<f32> = out[..frames].iter().flat_map(|sample| std::iter::repeat_n(*sample, repeat)).collect();
            let timestamp = u32::from_be_bytes(packet[4..8].try_into().unwrap());
            heard.lock().unwrap().hear(timestamp, &held);
        }
    }
}
