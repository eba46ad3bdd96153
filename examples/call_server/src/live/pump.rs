//! Encodes what each person hears, on a thread for each, until encoders are shared by mix.

use std::{
    sync::{Arc, Weak},
    thread,
};

use axum::body::Bytes;
use mixminus::ParticipantKey;
use opus_rs::{Application, OpusEncoder};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{leg::Measured, outgoing::Outgoing};

pub fn start(mut heard: Receiver<Bytes>, key: ParticipantKey, alive: Weak<Measured>, outgoing: Outgoing) {
    thread::spawn(move || {
        let Ok(mut encoder) = OpusEncoder::new(48_000, 1, Application::Voip) else { return };
        encoder.bitrate_bps = 32_000;
        let mut position = 0;
        let mut bytes = [0; 1500];
        while alive.strong_count() > 0 {
            match heard.blocking_recv() {
                Ok(packet) => {
                    let samples: Vec<f32> = packet
                        .chunks_exact(2)
                        .map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0)
                        .collect();
                    if let Ok(length) = encoder.encode(&samples, samples.len(), &mut bytes) {
                        outgoing.send(&[key], position, &Arc::from(&bytes[..length]), position == 0);
                    }
                    position += samples.len() as u64;
                }
                Err(RecvError::Lagged(lost)) => position += 960 * lost,
                Err(RecvError::Closed) => return,
            }
        }
    });
}
