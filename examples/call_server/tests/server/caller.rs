//! Somebody who calls in by WebRTC, as a browser does: str0m over UDP on loopback, and a tone in Opus.

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

use opus_rs::{Application, OpusDecoder, OpusEncoder};
use reqwest::Response;
use str0m::{
    Candidate, Event, Input, Output, Rtc,
    change::{SdpAnswer, SdpPendingOffer},
    media::{Direction, MediaKind, Mid},
    net::{Protocol, Receive},
    rtp::{ExtensionValues, RtpWrite},
};

use crate::{
    rig::{PATIENCE, Server, client},
    tones::{AMPLITUDE, Ear},
};

/// A packet of 20 ms.
const PACKET: usize = 960;

/// An offer, and what makes a connection of its answer.
pub struct Offer {
    rtc: Rtc,
    pending: SdpPendingOffer,
    mid: Mid,
    socket: UdpSocket,
    pub sdp: String,
}

impl Offer {
    pub fn new(direction: Direction) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut rtc = Rtc::builder().set_rtp_mode(true).clear_codecs().enable_opus(true, false).build(Instant::now());
        rtc.add_local_candidate(Candidate::host(socket.local_addr().unwrap(), "udp").unwrap());
        let mut change = rtc.sdp_api();
        let mid = change.add_media(MediaKind::Audio, direction, None, None, None);
        let (offer, pending) = change.apply().unwrap();
        Self { sdp: offer.to_sdp_string(), rtc, pending, mid, socket }
    }
}

/// Somebody in the call.
pub struct Caller {
    pub location: String,
    /// The names with which it proves itself to the server (STUN).
    pub username: String,
    /// Where it sends to.
    pub server: SocketAddr,
    pub heard: Arc<Mutex<Ear>>,
    quits: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Caller {
    /// Comes as `id` and sends a tone.
    pub async fn join(server: &Server, id: &str, hz: f64) -> Self {
        Self::join_with(server, id, hz, Direction::SendRecv).await
    }

    pub async fn join_with(server: &Server, id: &str, hz: f64, direction: Direction) -> Self {
        let offer = Offer::new(direction);
        let answer = server.whip(&format!("/whip/{id}"), &offer.sdp).await;
        assert_eq!(answer.status(), 201, "{}", answer.text().await.unwrap());
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        let sdp = answer.text().await.unwrap();
        Self::begin(offer, &sdp, location, hz)
    }

    fn begin(offer: Offer, sdp: &str, location: String, hz: f64) -> Self {
        let Offer { mut rtc, pending, mid, socket, sdp: own } = offer;
        rtc.sdp_api().accept_answer(pending, SdpAnswer::from_sdp_string(sdp).unwrap()).unwrap();
        let candidate = sdp.lines().find_map(|line| line.strip_prefix("a=candidate:")).unwrap();
        let words: Vec<&str> = candidate.split(' ').collect();
        let server = SocketAddr::new(words[4].parse().unwrap(), words[5].parse().unwrap());
        let (heard, quits) = (Arc::default(), Arc::default());
        let ufrag = |sdp: &str| sdp.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).unwrap().to_owned();
        let username = format!("{}:{}", ufrag(sdp), ufrag(&own));
        let mut line = Line { rtc, mid, socket, quits: Arc::clone(&quits), heard: Arc::clone(&heard) };
        let thread = thread::spawn(move || line.run(&mut Voice::new(hz)));
        Self { location, username, server, heard, quits, thread: Some(thread) }
    }

    /// Leaves as a client does that knows how to.
    pub async fn leave(self, server: &Server) {
        assert_eq!(server.hang_up(&self.location).await.status(), 200);
        self.until_closed().await;
    }

    /// Waits until the server has told it that the connection is over.
    pub async fn until_closed(&self) {
        let closed = async {
            while self.thread.as_ref().is_some_and(|thread| !thread.is_finished()) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, closed).await.expect("it is told");
    }

    /// Waits until it has heard, and said, a fifth of a second.
    pub async fn until_it_is_in_the_call(&self) {
        let heard = async {
            while self.heard.lock().unwrap().timestamps.len() < 10 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, heard).await.expect("it hears something");
    }

    /// Waits until it hears each tone as loud as it is said: 1 as it was sent, 0 for not at all.
    pub async fn until_hears(&self, wanted: &[(f64, f64)]) {
        crate::tones::until(|| {
            let ear = self.heard.lock().unwrap();
            wanted.iter().map(|(hz, level)| (ear.level(*hz), *level)).collect()
        })
        .await;
    }
}

/// Goes without a word.
impl Drop for Caller {
    fn drop(&mut self) {
        self.quits.store(true, Ordering::Relaxed);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl Server {
    pub async fn whip(&self, path: &str, sdp: &str) -> Response {
        let request = client().post(format!("{}{path}", self.url)).header("content-type", "application/sdp");
        self.authorized(request.body(sdp.to_owned())).send().await.unwrap()
    }

    pub async fn hang_up(&self, location: &str) -> Response {
        self.authorized(client().delete(format!("{}{location}", self.url))).send().await.unwrap()
    }
}

/// The connection, on a thread of its own.
struct Line {
    rtc: Rtc,
    mid: Mid,
    socket: UdpSocket,
    quits: Arc<AtomicBool>,
    heard: Arc<Mutex<Ear>>,
}

impl Line {
    fn run(&mut self, voice: &mut Voice) {
        let mut decoder = OpusDecoder::new(48_000, 1).unwrap();
        let mut due = Instant::now();
        while !self.quits.load(Ordering::Relaxed) && self.rtc.is_alive() {
            let mut wake = self.drain(&mut decoder);
            let now = Instant::now();
            if self.rtc.is_connected() {
                if due <= now {
                    voice.send(&mut self.rtc, self.mid, now);
                    due = (due + Duration::from_millis(20)).max(now - Duration::from_millis(200));
                    continue;
                }
                wake = wake.min(due);
            }
            let wait = wake.saturating_duration_since(now);
            self.wait(wait.clamp(Duration::from_millis(1), Duration::from_millis(50)));
        }
    }

    fn wait(&mut self, wait: Duration) {
        self.socket.set_read_timeout(Some(wait)).unwrap();
        let mut buffer = [0; 2048];
        let received = self.socket.recv_from(&mut buffer);
        let now = Instant::now();
        let packet = received.ok().and_then(|(length, source)| {
            let own = self.socket.local_addr().unwrap();
            Receive::new(Protocol::Udp, source, own, &buffer[..length]).ok()
        });
        self.rtc.handle_input(packet.map_or(Input::Timeout(now), |packet| Input::Receive(now, packet))).unwrap();
    }

    fn drain(&mut self, decoder: &mut OpusDecoder) -> Instant {
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(deadline) => return deadline,
                Output::Transmit(datagram) => {
                    self.socket.send_to(&datagram.contents, datagram.destination).unwrap();
                }
                Output::Event(Event::RtpPacket(packet)) if !packet.payload.is_empty() => {
                    let mut samples = [0.0; PACKET];
                    let count = decoder.decode(&packet.payload, PACKET, &mut samples).unwrap();
                    let (header, mut heard) = (&packet.header, self.heard.lock().unwrap());
                    heard.hear(header.timestamp, &samples[..count]);
                    heard.contributors = header.csrc[..header.csrc_count].iter().copied().map(u64::from).collect();
                }
                Output::Event(_) => {}
            }
        }
    }
}

/// A tone in packets. Each fifth packet is followed by one without a payload, as Chromium sends them to probe.
struct Voice {
    hz: f64,
    encoder: OpusEncoder,
    at: u64,
    sequence: u64,
}

impl Voice {
    fn new(hz: f64) -> Self {
        let mut encoder = OpusEncoder::new(48_000, 1, Application::Audio).unwrap();
        encoder.bitrate_bps = 64_000;
        Self { hz, encoder, at: 0, sequence: 1 }
    }

    fn send(&mut self, rtc: &mut Rtc, mid: Mid, now: Instant) {
        let sample = |at: u64| (AMPLITUDE * (TAU * self.hz * at as f64 / 48_000.0).sin()) as f32;
        let samples: Vec<f32> = (self.at..self.at + PACKET as u64).map(sample).collect();
        let mut bytes = [0; 1500];
        let length = self.encoder.encode(&samples, PACKET, &mut bytes).unwrap();
        self.write(rtc, mid, now, &bytes[..length]);
        if self.sequence.is_multiple_of(6) {
            self.write(rtc, mid, now, &[]);
        }
        self.at += PACKET as u64;
    }

    fn write(&mut self, rtc: &mut Rtc, mid: Mid, now: Instant, payload: &[u8]) {
        let pt = rtc.media(mid).unwrap().remote_pts()[0];
        let mut direct = rtc.direct_api();
        let Some(stream) = direct.stream_tx_by_mid(mid, None) else { return };
        let level = ExtensionValues { audio_level: Some(-17), voice_activity: Some(true), ..Default::default() };
        let packet = RtpWrite::new(pt, self.sequence.into(), self.at as u32, now, payload).ext_vals(level);
        stream.write_rtp(packet);
        self.sequence += 1;
    }
}
