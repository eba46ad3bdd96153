//! Real-time conference mixing: every participant sends frames, every listener gets a mix of their own, without their own voice.
//!
//! A mixer has two halves. The [`Processor`] belongs to the audio thread: in each tick it is given one [`Frame`] a source and gives one
//! mix a listener. The [`Controller`] says who is here and who hears whom how loud, from any thread, while the audio runs.
//!
//! ```
//! use mixminus::{Frame, JoinOptions, MixerConfig, config::{ParticipantMixerLevel, SourceLevel}};
//!
//! let (controller, mut processor) = MixerConfig::default().build()?; // 48 kHz, 10 ms
//! let anna = controller.join("anna", JoinOptions::default())?;
//! let ben = controller.join("ben", JoinOptions::default())?;
//!
//! // Anna hears Ben at half his level: from any thread, at any time, heard from the next tick on.
//! let levels = vec![SourceLevel { level: 50, ..SourceLevel::new("ben") }];
//! controller.configure(&[ParticipantMixerLevel { source_levels: levels, ..ParticipantMixerLevel::new("anna") }])?;
//!
//! // The audio thread, every 10 ms.
//! let mut audio = processor.enter();
//! let mut tick = audio.tick();
//! tick.send(anna, Frame::from(&[0.25_f32; 480][..]))?;
//! tick.send(ben, Frame::from(&[16384_i16; 480][..]))?;
//! let mixes = tick.mix();
//! for mix in mixes.distinct() {
//!     // Encode each mix once, send it to everybody who hears it.
//!     let (_samples, _listeners) = (mix.samples(), mix.listeners());
//! }
//! assert_eq!(mixes.get(anna).map(|mix| mix.samples()[479]), Some(0.25)); // half of Ben's 0.5, nothing of Anna
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The real-time contract
//! [`AudioThread::tick`], [`Tick::send`], [`Tick::mix`], [`Tick::prepare`], [`Part::mix`], [`Prepared::finish`] and everything on [`Mixes`] and [`Mix`] never lock, allocate, free, block, log
//! or make a system call, whatever the controllers do meanwhile and whatever they are given. [`Processor::enter`] is the one call
//! for the audio thread that may allocate, once a thread. All memory is made by the controllers, shipped to the audio thread and
//! shipped back; dropping either half hurts the other in nothing.
//!
//! # Features
//! - `http`: the configureMixer API as a router for axum, with operations, notifications and authorization (`http::Service`).
//! - `json`: reading the configureMixer JSON from bytes (`config::read_request`). The types themselves need no feature.
//! - `rayon`: a tick on rayon's threads (`Prepared::finish_with_rayon`).
//! - `metrics`: readings through the `metrics` facade, for Prometheus and its like (`Exporter`).
//! - `stream`: a thread that ticks, for hosts without a clock of their own (`stream::Runner`).
//! - `tracing`: what is done to the call as events of `tracing` (see [`Controller`]).
//! - `vad`: `Detector::Speech`, a detector that knows speech from noise, by a small neural network (earshot).

mod audio;
pub mod config;
mod control;
mod data;
mod dsp;
#[cfg(feature = "metrics")]
mod export;
#[cfg(feature = "http")]
pub mod http;
mod link;
mod mixer;
#[cfg(feature = "stream")]
pub mod stream;

pub use audio::{AudioThread, Mix, Mixes, Part, Prepared, Processor, Tick};
pub use control::{
    Changes, ControlError, Controller, JoinOptions, ListenerConfig, Participant, ParticipantSnapshot, Snapshot,
    SourceConfig, WaitError,
};
pub use data::channels::Channels;
pub use data::detector::Detector;
pub use data::frame::{Frame, FrameError};
pub use data::id::Generation;
pub use data::id::{ParticipantId, ParticipantKey};
pub use data::level::{Decibels, Gain, GainError};
pub use data::limiter::LimiterConfig;
pub use data::pan::{Pan, PanError};
pub use data::role::Role;
pub use data::sample::Sample;
pub use data::talk::{TalkEvent, TalkEventKind, TalkEvents};
pub use dsp::InstructionSet;
#[cfg(feature = "metrics")]
pub use export::{Export, Exporter};
pub use link::readings::{ListenerReadings, MixerReadings, Readings, SourceReadings};
pub use mixer::{BuildError, MixerConfig};
