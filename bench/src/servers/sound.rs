//! What the members send: speech, noise or nothing as packets of Opus, and a sweep now and then by which the delay is
//! found ([`Streams`]).

use std::f32::consts::TAU;

use super::options::{Others, Talk};
use crate::{
    Result,
    networks::{
        codec::{PACKET, encoded},
        speech::speech,
    },
};

/// How many members talk: the first ones.
pub const TALKERS: usize = 3;
/// A stream is repeated after so many packets: 36 seconds.
const CYCLE: usize = 1800;
/// The length of a turn to talk, in packets: four seconds.
const TURN: usize = 200;
/// The first talker sends a sweep every so many packets: two seconds.
const SWEEP_EVERY: usize = 100;
/// The length of a sweep in packets, and of the silence after it.
const SWEEP: usize = 3;
/// It is louder than speech, and no limiter is at work.
const SWEEP_PEAK: f32 = 0.4;
/// -65 dBFS of white noise.
const NOISE_PEAK: f32 = 0.000_974;
/// Muted members send every so many packets.
const SENT_IN_PAUSE: usize = 20;

/// The packets of all members.
#[derive(Debug)]
pub struct Streams {
    talkers: Vec<Vec<Vec<u8>>>,
    others: Vec<Vec<u8>>,
    pauses: bool,
}

impl Streams {
    /// Encodes them.
    pub fn new(talk: Talk, others: Others) -> Result<Self> {
        let talkers = (0..TALKERS).map(|talker| encoded(&said(talker, talk)?)).collect::<Result<_>>()?;
        let quiet = if others == Others::Noise { noise(9, CYCLE * PACKET) } else { vec![0.0; CYCLE * PACKET] };
        Ok(Self { talkers, others: encoded(&quiet)?, pauses: others == Others::Nothing })
    }

    /// A member's packet of this number; `None` if nothing is sent.
    pub fn packet(&self, member: usize, number: usize) -> Option<&[u8]> {
        if let Some(talker) = self.talkers.get(member) {
            return Some(&talker[number % CYCLE]);
        }
        let is_paused = self.pauses && !(number + member).is_multiple_of(SENT_IN_PAUSE);
        // Each member is somewhere else in the same noise.
        (!is_paused).then(|| self.others[(number + 17 * member) % CYCLE].as_slice())
    }

    /// Whether a sweep begins with a member's packet of this number.
    pub fn begins_sweep(member: usize, number: usize) -> bool {
        member == 0 && (number % CYCLE).is_multiple_of(SWEEP_EVERY)
    }
}

/// The sweep, at 48 kHz: from 500 Hz to 2500 Hz.
pub fn sweep() -> Vec<f32> {
    let samples = SWEEP * PACKET;
    let sample = |at: usize| {
        let (seconds, part) = (at as f32 / 48_000.0, at as f32 / samples as f32);
        let fade = (part.min(1.0 - part) * 10.0).min(1.0);
        SWEEP_PEAK * fade * (TAU * seconds * (500.0 + 1000.0 * part)).sin()
    };
    (0..samples).map(sample).collect()
}

/// What a talker says in a cycle.
fn said(talker: usize, talk: Talk) -> Result<Vec<f32>> {
    let length = CYCLE * PACKET;
    // Each begins somewhere else in the recordings.
    let begin = talker * length / TALKERS;
    let mut sound = speech(begin + length)?.split_off(begin);
    if talk == Talk::InTurns {
        let noise = noise(talker as u64, length);
        let turns = sound.chunks_mut(TURN * PACKET).zip(noise.chunks(TURN * PACKET));
        for (_, (turn, noise)) in turns.enumerate().filter(|(turn, _)| turn % TALKERS != talker) {
            turn.copy_from_slice(noise);
        }
    }
    if talker == 0 {
        let sweep = sweep();
        for piece in sound.chunks_mut(SWEEP_EVERY * PACKET) {
            piece[..sweep.len()].copy_from_slice(&sweep);
            piece[sweep.len()..2 * sweep.len()].fill(0.0);
        }
    }
    Ok(sound)
}

fn noise(seed: u64, samples: usize) -> Vec<f32> {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..samples).map(|_| (random.f32() * 2.0 - 1.0) * NOISE_PEAK).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn energy(sound: &[f32]) -> f32 {
        sound.iter().map(|sample| sample * sample).sum::<f32>() / sound.len() as f32
    }

    #[test]
    fn in_turns_one_talks_at_a_time() {
        let said: Vec<_> = (0..TALKERS).map(|talker| said(talker, Talk::InTurns).unwrap()).collect();
        // Without the sweeps: the second half of two seconds.
        let second_half = |turn: usize| (turn * TURN + SWEEP_EVERY / 2) * PACKET..(turn * TURN + SWEEP_EVERY) * PACKET;
        for turn in 0..CYCLE / TURN {
            let loud = said.iter().filter(|sound| energy(&sound[second_half(turn)]) > 1e-6).count();
            assert!(loud <= 1, "turn {turn}: {loud}");
        }
    }

    #[test]
    fn muted_members_send_seldom_and_noise_is_as_loud_as_said() {
        let streams = Streams::new(Talk::AtOnce, Others::Nothing).unwrap();
        let sent = |member| (0..CYCLE).filter(|number| streams.packet(member, *number).is_some()).count();
        assert_eq!((sent(0), sent(3), sent(40)), (CYCLE, CYCLE / SENT_IN_PAUSE, CYCLE / SENT_IN_PAUSE));
        let dbfs = 10.0 * energy(&noise(1, 48_000)).log10();
        assert!((-65.2..-64.8).contains(&dbfs), "{dbfs}");
    }

    #[test]
    fn only_the_first_talker_sends_sweeps() {
        let begins = |member| (0..2 * CYCLE).filter(|number| Streams::begins_sweep(member, *number)).count();
        assert_eq!((begins(0), begins(1)), (36, 0));
    }
}
