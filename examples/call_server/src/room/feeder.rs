//! The thread that pushes the recordings into their ports in a loop, by the clock. It knows ports,
//! and nothing of the call.

use std::{
    thread,
    time::{Duration, Instant},
};

use mixminus::{
    Channels, Frame,
    stream::{InputPort, Stamp},
};

use super::{PACKET_MS, worker::Stop};
use crate::wav::Recording;

/// A thread that is this late was suspended, and the mixer with it: it does not catch up, but
/// continues from now.
const SUSPENDED: Duration = Duration::from_millis(1000);

/// A recording that is sent in a loop.
#[derive(Debug)]
pub struct Voice {
    port: InputPort,
    recording: Recording,
    cursor: Cursor,
    packet: Vec<f32>,
}

impl Voice {
    pub fn new(port: InputPort, recording: Recording) -> Self {
        Self { port, recording, cursor: Cursor::default(), packet: Vec::new() }
    }

    /// Pushes the next 20 ms.
    fn push(&mut self) {
        let stamp = Stamp::Rtp(self.cursor.sent as u32);
        self.cursor.take(&self.recording, &mut self.packet);
        let frame = match self.recording.format.channels {
            Channels::Mono => Frame::mono(&self.packet),
            Channels::Stereo => Frame::interleaved(&self.packet),
        };
        if let Err(refused) = self.port.push(frame, stamp) {
            tracing::debug!(%refused, "a packet was not taken");
        }
    }
}

/// A position in a recording that is played in a loop.
#[derive(Debug, Default)]
struct Cursor {
    /// The packets and frames since the beginning.
    packets: u64,
    sent: u64,
}

impl Cursor {
    /// Reads the next packet. If 20 ms are no whole number of frames, some packets are longer than
    /// others.
    fn take(&mut self, recording: &Recording, packet: &mut Vec<f32>) {
        self.packets += 1;
        let end = self.packets * u64::from(recording.format.rate_hz) * u64::from(PACKET_MS) / 1000;
        let (channels, frames) = (recording.format.channels.count(), recording.frames());
        packet.clear();
        while self.sent < end {
            let from = (self.sent % frames as u64) as usize;
            let count = (frames - from).min((end - self.sent) as usize);
            packet.extend(&recording.samples[from * channels..(from + count) * channels]);
            self.sent += count as u64;
        }
    }
}

/// Pushes a packet of each voice every 20 ms.
pub fn run(mut voices: Vec<Voice>, stop: &Stop) {
    let packet = Duration::from_millis(PACKET_MS.into());
    let mut due = Instant::now();
    while !stop.is_asked_for() {
        let now = Instant::now();
        if now < due {
            thread::sleep(due - now);
            continue;
        }
        if now - due > SUSPENDED {
            due = now;
        }
        voices.iter_mut().for_each(Voice::push);
        due += packet;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mixminus::stream::StreamFormat;

    fn packets(rate_hz: u32, channels: Channels, samples: Vec<f32>, count: usize) -> Vec<Vec<f32>> {
        let recording = Recording { format: StreamFormat { rate_hz, channels }, samples };
        let (mut cursor, mut packet) = (Cursor::default(), Vec::new());
        let mut next = || {
            cursor.take(&recording, &mut packet);
            packet.clone()
        };
        (0..count).map(|_| next()).collect()
    }

    #[test]
    fn a_recording_loops() {
        let ramp: Vec<f32> = (0..50).map(|at| at as f32).collect();
        let all = packets(1000, Channels::Mono, ramp, 10).concat();
        assert!(all.iter().enumerate().all(|(at, sample)| *sample == (at % 50) as f32), "{all:?}");
        assert_eq!(all.len(), 200);
    }

    #[test]
    fn a_recording_shorter_than_a_packet_repeats_in_it() {
        let all = packets(1000, Channels::Stereo, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2);
        assert_eq!(all[0].len(), 40);
        assert_eq!(all[0][..8], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 1.0, 2.0]);
        assert_eq!(all[1][..2], [5.0, 6.0]);
    }

    #[test]
    fn fifty_packets_are_a_second_also_if_20_ms_are_no_whole_frames() {
        let all = packets(11_025, Channels::Mono, vec![0.0; 7], 50);
        assert_eq!(all.concat().len(), 11_025);
        assert!(all.iter().all(|packet| (220..=221).contains(&packet.len())));
    }
}
