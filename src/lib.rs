//! Real-time conference mixing: every participant sends frames, and every listener hears a mix of its own,
//! without its own voice.
//!
//! A mixer has two halves. The [`Processor`] belongs to the audio thread: in each tick it takes one [`Frame`]
//! from each source and makes one mix for each listener. The [`Controller`] says who is in the call and who
//! hears whom at which gain. It may be used from any other thread, while the audio runs.
//!
//! ```
//! use mixminus::{Frame, JoinOptions, MixerConfig, config::{ParticipantMixerLevel, SourceLevel}};
//!
//! let (controller, mut processor) = MixerConfig::default().build()?; // 48 kHz, 10 ms
//! let anna = controller.join("anna", JoinOptions::default())?;
//! let ben = controller.join("ben", JoinOptions::default())?;
//!
//! // Anna hears Ben at half his level, from the next tick on.
//! // Any thread but the audio thread may say so, at any time.
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
//! Who may be heard by whom at all is a matter of routes: [`Routing`], [`RoleTable`], [`PrivateGroup`]; and of holds:
//! [`Controller::hold`]. With the feature `stream` the module `guides` has a page with a whole program for each use that hosts
//! ask for most.
//!
//! # The real-time contract
//! These never lock, allocate, free, block, log or make a system call, whatever the controllers do meanwhile
//! and whatever frames they are given: [`AudioThread::tick`], [`AudioThread::skip`], [`Tick::send`], [`Tick::mix`], [`Tick::prepare`],
//! [`Part::mix`], [`Prepared::finish`] and everything on [`Mixes`] and [`Mix`]. [`Processor::enter`] is the one
//! call for the audio thread that may allocate, once for each thread. The controllers make all memory, ship it
//! to the audio thread and get it back. Either half may be dropped first: the other half works on.
//!
//! # Features
//! None is on by default.
//! - `cluster`: one conference on many machines (`cluster::node`, `cluster::Conference`). What carries its messages is a crate of its
//!   own, `mixminus-zenoh`. Turns on `stream`.
//! - `g711`: a decoder of PCMU and PCMA (`stream::G711`). Turns on `stream`.
//! - `g722`: a decoder of G.722 (`stream::G722`). Turns on `stream`.
//! - `http`: the configureMixer API as a router for axum, with operations, limits and fixed tokens (`http::Service`).
//!   It brings no client, no TLS and no C. Turns on `json`.
//! - `http-jwt`: JSON Web Tokens, with keys from a text, a file or a URL (`http::JwtAuthorizer`). Turns on `http`.
//! - `http-notify`: each call may have a callback, which is told how its operations end (`http::Callback`,
//!   `http::CallOptions::callback`). Without it clients read their operations. Turns on `http`.
//! - `http-prompts`: prompts that the service plays are fetched by https, from public addresses only
//!   (`http::HttpsPrompts`), or by a resolver of the host's (`http::PromptResolver`). Turns on `http` and `wav`.
//! - `json`: reading the configureMixer JSON from bytes (`config::read_json`). The types themselves need no feature.
//! - `metrics`: readings through the `metrics` facade, for Prometheus and its like (`Exporter`).
//! - `opus`: a decoder of Opus in Rust (`stream::Opus`). Turns on `stream`.
//! - `rayon`: a tick on rayon's threads (`Prepared::finish_with_rayon`).
//! - `stream`: streams as networks have them. Ports take and give packets at any rate, with loss, jitter and
//!   clocks that drift (`Controller::join_with_ports`, `stream::InputPort`, `stream::OutputPort`). Encoded packets
//!   are decoded on threads beside the audio thread (`stream::PacketPort`, `stream::Decoding`). A thread ticks for
//!   hosts without a clock of their own (`stream::Runner`). Players play audio from memory
//!   (`Controller::join_player`, `stream::Player`). Channels bring talk events, or values of the host, from
//!   the audio thread to threads that wait (`stream::Feed`).
//! - `tracing`: changes to the call as events of `tracing` (see [`Controller`]).
//! - `vad`: `Detector::Speech`, a small neural network (earshot) that tells speech from noise.
//! - `wav`: WAV files, whatever wrote them, for players and others (`stream::WavReader`, `stream::Pcm::from_wav`). Turns on
//!   `stream`.

// As docs.rs builds it, every item says which feature it needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod audio;
#[cfg(feature = "cluster")]
pub mod cluster;
pub mod config;
mod control;
mod data;
mod dsp;
#[cfg(feature = "metrics")]
mod export;
#[cfg(feature = "stream")]
pub mod guides;
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
pub use data::direction::Direction;
pub use data::frame::{Frame, FrameError};
pub use data::id::{Generation, GroupId, MixId, ParticipantId, ParticipantKey, RoleName};
pub use data::level::{Decibels, Gain, GainError};
pub use data::limiter::LimiterConfig;
pub use data::load_shedder::LoadShedder;
pub use data::moves::{Move, MoveKind};
pub use data::overload_policy::OverloadPolicy;
pub use data::pan::{Pan, PanError};
pub use data::routing::{PrivateGroup, RoleTable, Routing};
pub use data::sample::Sample;
pub use data::shedding::Shedding;
pub use data::talk::{TalkEvent, TalkEventKind, TalkEvents};
pub use dsp::InstructionSet;
#[cfg(feature = "metrics")]
pub use export::{Export, Exporter};
pub use link::readings::{ListenerReadings, MixerReadings, Readings, SourceReadings};
pub use mixer::{BuildError, MixerConfig};
