//! Streams as networks have them: any rate, stereo, packets that come late or not at all, clocks
//! that drift. This layer stands on top of the mixer; it is the only part of the crate that knows
//! of clocks.
//!
//! - [`Controller::join_with_ports`](crate::Controller::join_with_ports) lets in a participant who
//!   sends packets and pulls packets at a rate, in channels and by a clock of its own: it returns
//!   an [`InputPort`] and an [`OutputPort`] for the network threads.
//! - [`Runner`] is a thread that ticks, for hosts without a clock.
//! - [`Decoder`] turns encoded packets into samples: a codec of the host's own, or one behind a
//!   feature: `G711`, `G722` and `Opus`.
//! - [`Feed`] lets threads of the host wait for what the audio thread tells, such as talk events.
//!
//! ```no_run
//! use mixminus::{Frame, JoinOptions, MixerConfig, stream::{PortOptions, Runner, RunnerOptions, Stamp, StreamFormat}};
//!
//! let (controller, processor) = MixerConfig::default().build()?;
//! let runner = Runner::start(processor, RunnerOptions::default(), |_mixes| {})?;
//! let anna = controller.join_with_ports("anna", JoinOptions::default(), PortOptions::both(StreamFormat::mono(8000)))?;
//! let (Some(mut input), Some(mut output)) = (anna.input, anna.output) else { unreachable!("asked for both") };
//!
//! // On the thread that receives: packets as they come, late, twice, or not at all.
//! input.push(Frame::mono(&[0_i16; 160]), Stamp::Rtp(0))?;
//! // On the thread that sends: packets of 20 ms.
//! let mut packet = [0_i16; 160];
//! let _real = output.pull(&mut packet);
//! # drop(runner);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod codec;
mod convert;
mod decoders;
mod feed;
mod format;
mod port;
mod ring;
mod runner;

pub use crate::data::ports::{InputReadings, OutputReadings, PortReadings, StreamFormat};
#[cfg(feature = "g711")]
pub use codec::G711;
#[cfg(feature = "g722")]
pub use codec::G722;
#[cfg(feature = "opus")]
pub use codec::Opus;
pub use codec::{DecodeError, Decoder, MOST_MS};
pub use decoders::Decoders;
pub use feed::{Feed, FeedError, FeedSender};
pub use format::{Clock, FormatError};
pub use port::{
    AudioLevel, DecoderError, Decoding, Depth, InputOptions, InputPort, JoinError, OutputOptions, OutputPort,
    PacketError, PacketPort, PortError, PortOptions, Ports, PushError, RtpPacket, Stamp,
};
pub use runner::{
    DecodeReadings, ObtainedPriority, Priority, Runner, RunnerError, RunnerOptions, RunnerReadings, SpreadUs,
};
