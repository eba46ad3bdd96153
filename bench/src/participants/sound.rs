//! What people send: packets of speech, and of the noise of a microphone.

use fastrand::Rng;
use mixminus::stream::{AudioLevel, Encoder as _, OpusEncoder, OpusEncoderOptions};

use super::PACKET;
use crate::{Result, networks::speech};

/// Speech has this level as a rule: -26 dBFS (ITU-T P.56).
const SPEECH_DBFS: f32 = -26.0;
const NOISE_DBFS: f32 = -65.0;
/// Under this level a sender says of its sound that it is no voice.
const VOICE_DBFS: f32 = -50.0;
/// More than all recordings together.
const SPEECH_PACKETS: usize = 1000;
const NOISE_PACKETS: usize = 500;
/// How far apart two senders are in the same sound, in packets.
const APART: usize = 37;

/// A packet of Opus.
#[derive(Debug, Clone)]
pub struct Coded {
    /// Its bytes.
    pub payload: Vec<u8>,
    /// What its sender says of its sound.
    pub level: AudioLevel,
}

/// The packets that people send.
#[derive(Debug)]
pub struct Sound {
    speech: Vec<Coded>,
    noise: Vec<Coded>,
}

impl Sound {
    /// Encodes all of them.
    pub fn new() -> Result<Self> {
        let mut speech = speech(SPEECH_PACKETS * PACKET)?;
        set_level(&mut speech, SPEECH_DBFS);
        let mut rng = Rng::with_seed(1);
        let mut noise: Vec<_> = (0..NOISE_PACKETS * PACKET).map(|_| rng.f32() - 0.5).collect();
        set_level(&mut noise, NOISE_DBFS);
        Ok(Self { speech: coded(&speech)?, noise: coded(&noise)? })
    }

    /// What a person sends at a time, in packets from the beginning: each is at another place of the same sound.
    pub fn packet(&self, person: usize, time: usize, talks: bool) -> &Coded {
        let packets = if talks { &self.speech } else { &self.noise };
        &packets[(person * APART + time) % packets.len()]
    }
}

fn coded(sound: &[f32]) -> Result<Vec<Coded>> {
    let mut encoder = OpusEncoder::new(OpusEncoderOptions::default())?;
    let mut bytes = [0; 1275];
    let packet = |samples: &[f32]| {
        let length = encoder.encode(samples, &mut bytes)?;
        Ok(Coded { payload: bytes[..length].to_vec(), level: level(samples) })
    };
    sound.chunks_exact(PACKET).map(packet).collect()
}

fn dbfs(samples: &[f32]) -> f32 {
    let mean_square = samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32;
    10.0 * mean_square.max(1e-13).log10()
}

fn set_level(samples: &mut [f32], to_dbfs: f32) {
    let gain = 10_f32.powf((to_dbfs - dbfs(samples)) / 20.0);
    samples.iter_mut().for_each(|sample| *sample *= gain);
}

fn level(samples: &[f32]) -> AudioLevel {
    let dbfs = dbfs(samples);
    AudioLevel { dbov: (-dbfs).round().clamp(0.0, 127.0) as u8, voice: dbfs > VOICE_DBFS }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speech_and_noise_have_their_levels() {
        let sound = Sound::new().unwrap();
        let voices = sound.speech.iter().filter(|packet| packet.level.voice).count();
        assert!(voices > SPEECH_PACKETS * 2 / 3, "{voices}");
        assert!(sound.noise.iter().all(|packet| !packet.level.voice && (64..=66).contains(&packet.level.dbov)));
        assert!(sound.speech.iter().chain(&sound.noise).all(|packet| packet.payload.len() == 80), "32 kbit/s");
        let [anna, ben] = [0, 1].map(|person| sound.packet(person, 5, true).payload.as_ptr());
        assert_ne!(anna, ben);
    }
}
