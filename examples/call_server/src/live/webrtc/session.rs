//! One WebRTC connection: [`Session`]. What comes from the network goes into the person's port, and what the person
//! hears goes out.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use mixminus::{
    ParticipantKey,
    stream::{AudioLevel, PacketPort, RtpPacket},
};
use str0m::{
    Event, IceConnectionState, Input, Output, Rtc, RtcError,
    format::Codec,
    ice::StunMessage,
    media::Mid,
    net::{Receive, Transmit},
    rtp::{self, ExtensionValues, RtpWrite},
};

use super::{
    super::{
        leg::{ConnectionId, Measured},
        outgoing::Packet,
        people::News,
    },
    statistics,
};

/// How long nothing may come before the person counts as lost. A browser checks the connection every 2.5 s, also
/// when it sends no sound.
const SILENCE: Duration = Duration::from_secs(10);
/// How long a client may take from its offer to the first packet that proves it.
const HURRY: Duration = Duration::from_secs(15);
/// The most that a packet can name.
const CONTRIBUTORS: usize = 15;
/// How many addresses of a client are known at a time.
const ADDRESSES: usize = 8;

/// What a session needs from the start.
#[derive(Debug)]
pub struct Beginning {
    pub id: String,
    pub connection: ConnectionId,
    pub key: ParticipantKey,
    pub packets: PacketPort,
    pub rtc: Rtc,
    pub ufrag: String,
    pub measured: Arc<Measured>,
}

/// One connection, until it is closed.
#[derive(Debug)]
pub struct Session {
    pub id: String,
    pub key: ParticipantKey,
    pub ufrag: String,
    /// When it wants to be [`advance`](Self::advance)d.
    pub deadline: Instant,
    /// The addresses that it has proven.
    pub addresses: VecDeque<SocketAddr>,
    rtc: Rtc,
    packets: PacketPort,
    measured: Arc<Measured>,
    mid: Option<Mid>,
    /// The next sequence number, and what is added to a position: random, as RFC 3550 wants it.
    sequence: u64,
    offset: u32,
    stage: Stage,
    /// When something came that only the person can have sent.
    heard: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Connecting,
    Connected,
    Lost,
}

/// What a session has to tell after it was given something.
#[derive(Debug, Default)]
pub struct Told {
    pub news: Option<News>,
    /// Whether it is over.
    pub is_over: bool,
}

impl Session {
    pub fn new(beginning: Beginning, now: Instant) -> Self {
        let Beginning { id, connection, key, packets, rtc, ufrag, measured } = beginning;
        // The id of a connection is random.
        let random = connection.as_u128();
        Self {
            id,
            key,
            ufrag,
            deadline: now,
            addresses: VecDeque::new(),
            rtc,
            packets,
            measured,
            mid: None,
            // The counter of SRTP wants the upper half for itself at the start.
            sequence: u64::from(random as u16 >> 1),
            offset: (random >> 16) as u32,
            stage: Stage::Connecting,
            heard: now,
        }
    }

    /// Whether a packet can only be of this person: a request of STUN, made with the password of the answer.
    pub fn proves(&self, bytes: &[u8], input: &Input<'_>) -> bool {
        // The library accepts everything of the address that it sends to.
        StunMessage::parse(bytes).is_ok_and(|message| message.is_binding_request()) && self.rtc.accepts(input)
    }

    /// Whether it hears: not a client that only sends.
    pub fn hears(&self) -> bool {
        let media = self.mid.and_then(|mid| self.rtc.media(mid));
        media.is_some_and(|media| media.direction().is_sending())
    }

    /// Takes note of an address that it has proven. Returns one that is to be forgotten: a client has a few, and
    /// must not fill the memory with more.
    pub fn moved_to(&mut self, address: SocketAddr) -> Option<SocketAddr> {
        self.addresses.push_back(address);
        if self.addresses.len() > ADDRESSES { self.addresses.pop_front() } else { None }
    }

    /// Gives it a packet of the network. `is_proof` says that only this person can have made it.
    pub fn receive(
        &mut self,
        now: Instant,
        packet: Receive<'_>,
        is_proof: bool,
        out: &mut dyn FnMut(&Transmit),
    ) -> Told {
        let taken = self.rtc.handle_input(Input::Receive(now, packet));
        // Before the connection is made, the time runs from the offer.
        if is_proof && self.stage != Stage::Connecting {
            self.heard = now;
        }
        self.settle(now, taken, out)
    }

    /// Lets time pass.
    pub fn advance(&mut self, now: Instant, out: &mut dyn FnMut(&Transmit)) -> Told {
        let taken = self.rtc.handle_input(Input::Timeout(now));
        self.settle(now, taken, out)
    }

    /// Sends the person what it hears, unless it is not, or no longer, there (RFC 7675).
    pub fn send(&mut self, now: Instant, packet: &Packet, out: &mut dyn FnMut(&Transmit)) -> Told {
        if self.stage != Stage::Connected {
            return Told::default();
        }
        self.write(now, packet);
        self.settle(now, Ok(()), out)
    }

    /// Says goodbye.
    pub fn close(&mut self, now: Instant, out: &mut dyn FnMut(&Transmit)) {
        let closed = self.rtc.close();
        self.settle(now, closed, out);
        self.rtc.disconnect();
    }

    /// The packet names those who are heard in it. How loud each is (RFC 6465) it does not say, though the library would
    /// write that, too: levels are of a source, and each listener has it at a gain of its own. The desk's state has them.
    fn write(&mut self, now: Instant, packet: &Packet) {
        let opus = self.rtc.codec_config().find(|coding| coding.spec().codec == Codec::Opus);
        let Some((mid, pt)) = self.mid.zip(opus.map(|coding| coding.pt())) else { return };
        let mut direct = self.rtc.direct_api();
        // None for a client that only sends.
        let Some(stream) = direct.stream_tx_by_mid(mid, None) else { return };
        let time = packet.timestamp.wrapping_add(self.offset);
        let payload = Arc::clone(&packet.payload);
        self.sequence += u64::from(packet.lost_before);
        let packet = RtpWrite::new(pt, self.sequence.into(), time, now, payload)
            .marker(packet.marker)
            .csrc(&packet.contributors[..packet.contributors.len().min(CONTRIBUTORS)]);
        stream.write_rtp(packet);
        self.sequence += 1;
    }

    /// Takes everything out of the library, until it has nothing more to say.
    fn settle(&mut self, now: Instant, taken: Result<(), RtcError>, out: &mut dyn FnMut(&Transmit)) -> Told {
        let before = self.stage;
        let drained = taken.and_then(|()| self.drain(now, out));
        if let Err(error) = &drained {
            tracing::debug!(id = self.id, %error, "a connection has failed");
            self.rtc.disconnect();
        }
        let is_late = self.watch(now);
        let is_over = !self.rtc.is_alive() || (is_late && self.stage == Stage::Connecting);
        let news = match self.stage {
            _ if is_over => Some(News::Lost),
            stage if stage == before => None,
            Stage::Connected => Some(News::Connected),
            Stage::Connecting | Stage::Lost => Some(News::Lost),
        };
        Told { news, is_over }
    }

    /// Notices silence, and its end. Returns whether it is silent for too long.
    fn watch(&mut self, now: Instant) -> bool {
        let until = self.heard + if self.stage == Stage::Connecting { HURRY } else { SILENCE };
        let is_late = now >= until;
        match self.stage {
            Stage::Connected if is_late => self.stage = Stage::Lost,
            Stage::Lost if !is_late && self.rtc.is_connected() => self.stage = Stage::Connected,
            _ => {}
        }
        if !is_late {
            self.deadline = self.deadline.min(until);
        }
        is_late
    }

    fn drain(&mut self, now: Instant, out: &mut dyn FnMut(&Transmit)) -> Result<(), RtcError> {
        loop {
            match self.rtc.poll_output()? {
                Output::Timeout(deadline) => {
                    self.deadline = deadline;
                    return Ok(());
                }
                Output::Transmit(datagram) => out(&datagram),
                Output::Event(event) => self.on(now, event),
            }
        }
    }

    fn on(&mut self, now: Instant, event: Event) {
        match event {
            Event::Connected => (self.stage, self.heard) = (Stage::Connected, now),
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) if self.stage == Stage::Connected => {
                // As if it were silent since long ago.
                self.heard = now.checked_sub(SILENCE).unwrap_or(now);
            }
            Event::MediaAdded(added) => self.mid = Some(added.mid),
            Event::RtpPacket(packet) => {
                self.heard = now;
                self.hear(&packet);
            }
            other => self.measured.update(|quality| statistics::note(quality, &other)),
        }
    }

    /// Also packets without a payload, by which browsers probe the network: the port must know that their number is
    /// not missing.
    fn hear(&mut self, packet: &rtp::RtpPacket) {
        let level = level_of(&packet.header.ext_vals);
        let (sequence, timestamp) = (packet.header.sequence_number, packet.header.timestamp);
        let taken = self.packets.push(RtpPacket { payload: &packet.payload, sequence, timestamp, level });
        if let Err(error) = taken {
            tracing::debug!(id = self.id, %error, "a packet was not taken");
        }
    }
}

/// What the client says of a packet's sound (RFC 6464): the library has it as a negative number of decibels.
fn level_of(extensions: &ExtensionValues) -> Option<AudioLevel> {
    let dbov = extensions.audio_level?.unsigned_abs().min(127);
    Some(AudioLevel { dbov, voice: extensions.voice_activity.unwrap_or(false) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_how_far_the_sound_lies_under_full_scale() {
        let told = |audio_level, voice_activity| {
            level_of(&ExtensionValues { audio_level, voice_activity, ..ExtensionValues::default() })
        };
        assert_eq!(told(None, None), None);
        assert_eq!(told(Some(-38), Some(true)), Some(AudioLevel { dbov: 38, voice: true }));
        assert_eq!(told(Some(i8::MIN), None), Some(AudioLevel { dbov: 127, voice: false }));
    }
}
