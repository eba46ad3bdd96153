//! What people hear, encoded once for each mix, whoever hears it: [`Encoding`].

use std::thread;

use mixminus::{
    ParticipantKey,
    stream::{
        CodecKey, EncodeControl, EncodeGroups, EncodeOptions, EncodeReadings, EncodeThreads, EncodeThreadsOptions,
        G711Encoder, G722Encoder, OpusEncoder, OpusEncoderOptions, Silence, Tap,
    },
};

use super::{
    outgoing::Outgoing,
    rtp::{self, Codec},
};
use crate::error::Error;

/// The threads that encode, as long as they run.
#[derive(Debug)]
pub struct Encoding {
    threads: EncodeThreads,
    opus: CodecKey,
    telephones: rtp::Keys,
}

impl Encoding {
    /// Starts to encode what is read from the tap, for people who come by WebRTC and for telephones.
    pub fn start(tap: Tap, outgoing: Outgoing, network: rtp::Sender) -> Result<Self, Error> {
        let groups = EncodeGroups::new(tap, EncodeOptions::default())?;
        let opus = OpusEncoder::new(OpusEncoderOptions::default()).map_err(|cause| Error::Codec(cause.to_string()))?;
        let control = groups.control();
        let opus = control.add_codec(opus)?;
        // A telephone may take a pause for the end of the call.
        let telephones = [
            (Codec::Opus, opus),
            (Codec::Pcmu, control.add_codec_with(G711Encoder::mu_law(), Silence::Encode)?),
            (Codec::Pcma, control.add_codec_with(G711Encoder::a_law(), Silence::Encode)?),
            (Codec::G722, control.add_codec_with(G722Encoder::new(), Silence::Encode)?),
        ];
        // The other half is for the ticks, the decoders and the network.
        let threads = thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2));
        let options = EncodeThreadsOptions { threads, ..EncodeThreadsOptions::default() };
        let threads = EncodeThreads::start(groups, options, move |packet| {
            if packet.codec == opus {
                outgoing.send(packet);
            }
            network.send(packet, &telephones);
        });
        Ok(Self { threads: threads.map_err(Error::Thread)?, opus, telephones })
    }

    /// For those who carry packets to people by Opus.
    pub fn opus(&self) -> Hearing {
        Hearing { control: self.control(), codec: self.opus }
    }

    /// For telephones, each by its codec.
    pub fn telephones(&self) -> rtp::Hearing {
        rtp::Hearing::new(self.control(), self.telephones)
    }

    fn control(&self) -> EncodeControl {
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
