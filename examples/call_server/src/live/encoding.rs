//! What people hear, encoded once for each mix, whoever hears it: [`Encoding`].

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
};

use mixminus::stream::{
    CodecKey, EncodeGroups, EncodeOptions, EncodeReadings, EncodeThreads, EncodeThreadsOptions, G711Encoder,
    G722Encoder, OpusEncoder, OpusEncoderOptions, Relay, Silence,
};

use super::{
    listening::{Listener, Listening},
    outgoing::Outgoing,
    rtp::{self, Codec},
};
use crate::error::Error;

/// The threads that encode, until they are stopped.
#[derive(Debug)]
pub struct Encoding {
    listening: Listening,
    threads: Mutex<Option<EncodeThreads>>,
    opus: CodecKey,
    telephones: rtp::CodecKeys,
}

impl Encoding {
    /// Starts to encode what is read from the relay, for people who come by WebRTC and for telephones.
    pub fn start(relay: Relay, outgoing: Outgoing, network: rtp::Sender) -> Result<Self, Error> {
        let groups = EncodeGroups::new(relay, EncodeOptions::default())?;
        let control = groups.control();
        let opus = control.add_codec(opus_encoder()?)?;
        // A telephone may take a pause for the end of the call. Browsers do not: silence is sent to them as a pause.
        let telephones = [
            (Codec::Opus, control.add_codec_with(opus_encoder()?, Silence::Encode)?),
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
            } else {
                network.send(packet, &telephones);
            }
        });
        let threads = Mutex::new(Some(threads.map_err(Error::Thread)?));
        Ok(Self { listening: Listening::new(control), threads, opus, telephones })
    }

    /// Whether anything is encoded: not after a panic, nor once the ticks have ended.
    pub fn is_running(&self) -> bool {
        self.threads().as_ref().is_some_and(EncodeThreads::is_running)
    }

    /// For those who carry packets to people by Opus.
    pub fn opus(&self) -> Hearing {
        Hearing { listening: self.listening.clone(), codec: self.opus }
    }

    /// For telephones, each by its codec.
    pub fn telephones(&self) -> rtp::Hearing {
        rtp::Hearing::new(self.listening.clone(), self.telephones)
    }

    /// Stops after the packets in hand. An error if the threads had ended before with a panic.
    pub fn stop(&self) -> Result<(), Error> {
        let threads = self.threads().take();
        threads.map_or(Ok(()), |threads| threads.stop().map(drop).ok_or(Error::Panicked("encode")))
    }

    /// A poisoned lock is used as it is: nothing under it can be left half done.
    fn threads(&self) -> MutexGuard<'_, Option<EncodeThreads>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn opus_encoder() -> Result<OpusEncoder, Error> {
    OpusEncoder::new(OpusEncoderOptions::default()).map_err(|cause| Error::Codec(cause.to_string()))
}

/// Says who hears by a codec.
#[derive(Debug, Clone)]
pub struct Hearing {
    listening: Listening,
    codec: CodecKey,
}

impl Hearing {
    /// What this person hears is encoded from now on.
    pub fn begin(&self, listener: Listener) {
        self.listening.begin(listener, self.codec);
    }

    /// It is encoded for this person no longer.
    pub fn end(&self, listener: Listener) {
        self.listening.end(listener);
    }

    /// What is encoded, by all codecs.
    pub fn readings(&self) -> EncodeReadings {
        self.listening.readings()
    }
}

#[cfg(test)]
impl Hearing {
    /// For tests without threads that encode.
    pub fn of(groups: &EncodeGroups) -> Self {
        let opus = OpusEncoder::new(OpusEncoderOptions::default()).unwrap();
        let control = groups.control();
        let codec = control.add_codec(opus).unwrap();
        Self { listening: Listening::new(control), codec }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::mpsc,
        time::{Duration, Instant},
    };

    use mixminus::{MixerConfig, stream::RelayOptions};

    use super::*;

    #[test]
    fn it_runs_until_the_ticks_end() {
        let (_controller, processor) = MixerConfig::default().build().unwrap();
        let (ticks, relay) = Relay::new(&processor, RelayOptions::default()).unwrap();
        let network = rtp::Network::start(mpsc::channel().0).unwrap();
        let encoding = Encoding::start(relay, Outgoing::new().0, network.sender().clone()).unwrap();
        assert!(encoding.is_running());
        drop(ticks);
        let begin = Instant::now();
        while encoding.is_running() && begin.elapsed() < Duration::from_secs(20) {
            thread::sleep(Duration::from_millis(5));
        }
        assert!(!encoding.is_running() && encoding.stop().is_ok() && encoding.stop().is_ok());
    }
}
