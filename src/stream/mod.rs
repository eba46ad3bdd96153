//! Streams as networks have them: any rate, stereo, packets that come late or not at all, clocks
//! that drift. This layer stands on top of the mixer; it is the only part of the crate that knows
//! of clocks.
//!
//! ```text
//!  network threads       decode thread        audio thread                       encode threads        network threads
//!                        (before each tick)   (each tick)                        (each packet)
//!
//!  PacketPort::push ---> Decoders::pass ----> playout -> rate --+
//!   encoded payloads      decode, recover,                      +-> mix -> relay -> EncodeGroups -----> send to all
//!                         conceal                               |     |            one encoder a mix     who hear it
//!  InputPort::push -------------------------> playout -> rate --+     +-> rate --> OutputPort::pull
//!   samples                                                     |     |             samples
//!  Player::append --------------------------> queue of clips ---+-----+-> tap ---> Tap::read
//!   clips, from any thread                                                           samples, on the mixer's timeline
//! ```
//!
//! - [`Controller::join_with_ports`](crate::Controller::join_with_ports) lets in a participant with
//!   an [`InputPort`] for what it sends and an [`OutputPort`] for what it hears, at a rate, in
//!   channels and by a clock of its own.
//!   [`replace_ports`](crate::Controller::replace_ports) gives it other ones.
//! - [`InputPort::decode_with`] takes encoded packets instead of samples: a [`PacketPort`] for the
//!   thread that receives, and a [`Decoding`] for the thread that decodes.
//! - [`Decoder`] turns payloads into samples: a codec of the host's own, or one behind a feature:
//!   `G711`, `G722` and `Opus`.
//! - [`Runner`] is a thread that ticks, and more threads that decode before each tick. A host with a
//!   clock of its own ticks by itself, and calls [`Decoders::pass`] shortly before.
//! - [`EncodeGroups`] encode each mix once, for all who hear it, on [`EncodeThreads`] or threads of the host's. They stand
//!   on a [`Relay`], which brings whole ticks from the audio thread to any other. [`Encoder`] turns samples into payloads:
//!   a codec of the host's own, or one behind a feature: `G711Encoder`, `G722Encoder` and `OpusEncoder`.
//! - [`Controller::join_player`](crate::Controller::join_player) lets in a [`Player`], which plays [`Clip`]s from memory:
//!   announcements, hold music, synthesized speech.
//! - [`Feed`] lets threads of the host wait for what the audio thread tells: talk events, the events of players.
//! - A [`Tap`] copies what one participant sends, or hears, for a thread that records it or recognises speech in it: at any
//!   rate, on one timeline for all taps.
//!
//! # The delay
//! An input port lets packets wait for those that come later. How long follows the network, between
//! the bounds of [`Depth`]: at once up, and down within ten seconds. [`InputReadings::wait_ms`] and
//! [`target_ms`](InputReadings::target_ms) tell it.
//!
//! # Media servers
//! [`media_servers`] is a page for engineers of media servers: where codecs go, how many mixes a room has, what the delay is,
//! and what to do when a listener goes from one mix to another.
//!
//! # Examples
//! Encoded packets, here by a codec of the host's own (see [`Decoder`] for one):
//!
//! ```
//! use mixminus::{JoinOptions, MixerConfig};
//! use mixminus::stream::{Decoder, InputOptions, PortOptions, RtpPacket, Runner, RunnerOptions};
//!
//! fn room(codec: impl Decoder + 'static) -> Result<(), Box<dyn std::error::Error>> {
//!     let (controller, processor) = MixerConfig { loudest: Some(3), ..MixerConfig::default() }.build()?;
//!     let runner = Runner::start(processor, RunnerOptions::default(), |_mixes| {})?;
//!     let ports = PortOptions { input: Some(InputOptions::new(codec.format())), output: None };
//!     let anna = controller.join_with_ports("anna", JoinOptions::default(), ports)?;
//!     let Some(input) = anna.input else { unreachable!("asked for") };
//!     let (mut packets, decoding) = input.decode_with(codec)?;
//!     runner.decode(decoding)?;
//!     // On the thread that receives, for each packet:
//!     packets.push(RtpPacket { payload: &[0; 160], sequence: 1, timestamp: 160, level: None })?;
//!     Ok(())
//! }
//! ```
//!
//! Samples:
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
mod encode;
mod feed;
mod format;
#[cfg(feature = "cluster")]
pub(crate) mod lanes;
mod measure;
mod player;
mod port;
mod relay;
mod runner;
mod tap;
#[cfg(feature = "wav")]
mod wav;

use crate::link::ring;

pub use crate::data::ports::{InputReadings, OutputReadings, PortReadings, StreamFormat};
pub use codec::{DecodeError, Decoder, EncodeError, Encoder, MOST_MS};
#[cfg(feature = "g711")]
pub use codec::{G711, G711Encoder};
#[cfg(feature = "g722")]
pub use codec::{G722, G722Encoder};
#[cfg(feature = "opus")]
pub use codec::{Opus, OpusEncoder, OpusEncoderOptions};
pub use decoders::Decoders;
pub use encode::{
    CodecError, CodecKey, EncodeControl, EncodeGroups, EncodeOptions, EncodeReadings, EncodeThreads,
    EncodeThreadsOptions, EncodedPacket, Silence,
};
pub use feed::{Feed, FeedError, FeedSender};
pub use format::{Clock, FormatError};
pub use player::{
    Clip, ClipError, ClipStream, Pcm, Player, PlayerError, PlayerEvent, PlayerEventKind, PlayerEvents, PlayerOptions,
    PlayerOptionsError, PlayerReadings, QueueNumber, Repeat,
};
pub use port::{
    AudioLevel, DecoderError, Decoding, Depth, InputOptions, InputPort, JoinError, OutputOptions, OutputPort,
    PacketError, PacketPort, PortError, PortOptions, Ports, PushError, RtpPacket, Stamp,
};
pub use relay::{Relay, RelayError, RelayMix, RelayOptions, RelayReadings, RelayTick, RelayWriter};
pub use runner::{
    DecodeReadings, ObtainedPriority, Priority, Runner, RunnerError, RunnerOptions, RunnerReadings, SpreadUs,
};
pub use tap::{Tap, TapContent, TapError, TapOptions, TapReadings, TapSpan, Tapped};
#[cfg(feature = "wav")]
pub use wav::{RiffId, WavEncoding, WavError, WavFormat, WavReader};

#[doc = include_str!("media_servers.md")]
pub mod media_servers {
    // For the links of the page.
    #[allow(unused_imports)]
    use super::{
        DecodeReadings, Decoder, Decoders, EncodeGroups, EncodeReadings, EncodeThreads, EncodeThreadsOptions,
        EncodedPacket, Encoder, InputReadings, PacketPort, Priority, RelayWriter, Runner, RunnerOptions,
        RunnerReadings, Tap, TapOptions,
    };
}
