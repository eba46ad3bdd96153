//! What people hear, encoded once for each mix, whoever hears it: [`Encoding`].

use std::thread;

use mixminus::{
    ParticipantKey,
    stream::{
        CodecKey, EncodeControl, EncodeGroups, EncodeOptions, EncodeReadings, EncodeThreads, EncodeThreadsOptions,
        OpusEncoder, OpusEncoderOptions, Tap,
    },
};

use super::outgoing::Outgoing;
use crate::error::Error;

/// The threads that encode, as long as they run.
#[derive(Debug)]
pub struct Encoding {
    threads: EncodeThreads,
    opus: CodecKey,
}

impl Encoding {
    /// Starts to encode what is read from the tap.
    pub fn start(tap: Tap, outgoing: Outgoing) -> Result<Self, Error> {
        let groups = EncodeGroups::new(tap, EncodeOptions::default())?;
        let opus = OpusEncoder::new(OpusEncoderOptions::default()).map_err(|cause| Error::Codec(cause.to_string()))?;
        let opus = groups.control().add_codec(opus)?;
        // The other half is for the ticks, the decoders and the network.
        let threads = thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2));
        let options = EncodeThreadsOptions { threads, ..EncodeThreadsOptions::default() };
        let threads = EncodeThreads::start(groups, options, move |packet| outgoing.send(packet));
        Ok(Self { threads: threads.map_err(Error::Thread)?, opus })
    }

    /// For those who carry packets to people by Opus.
    pub fn opus(&self) -> Hearing {
        Hearing { control: self.control(), codec: self.opus }
    }

    /// For those who carry them by a codec of their own.
    pub fn control(&self) -> EncodeControl {
        self.threads.control()
    }

    /// Stops after the packets in hand.
    pub fn stop(self) -> Result<(), Error> {
        self.threads.stop().map(drop).ok_or(Error::Panicked("encode"))
    }
}

/// Says who hears by a codec.
#[derive(Debug, Clone)]
pub struct Hearing {
    control: EncodeControl,
    codec: CodecKey,
}

impl Hearing {
    /// What this person hears is encoded from now on.
    pub fn begin(&self, key: ParticipantKey) {
        self.control.listen(key, self.codec);
    }

    /// It is encoded for this person no longer.
    pub fn end(&self, key: ParticipantKey) {
        self.control.leave(key);
    }

    /// What is encoded, by all codecs.
    pub fn readings(&self) -> EncodeReadings {
        self.control.readings()
    }
}

#[cfg(test)]
impl Hearing {
    /// For tests without threads that encode.
    pub fn of(groups: &EncodeGroups) -> Self {
        let opus = OpusEncoder::new(OpusEncoderOptions::default()).unwrap();
        Self { control: groups.control(), codec: groups.control().add_codec(opus).unwrap() }
    }
}
