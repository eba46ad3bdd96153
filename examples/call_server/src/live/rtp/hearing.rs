//! Who hears by which codec: [`Hearing`]. The mixes are encoded by [`Encoding`](crate::live::encoding::Encoding), once
//! for all who hear the same by the same codec.

use mixminus::stream::CodecKey;

use super::codec::Codec;
use crate::live::listening::{Listener, Listening};

/// The codecs of telephones, as those who encode know them.
pub type CodecKeys = [(Codec, CodecKey); Codec::ALL.len()];

/// Says what is encoded for telephones.
#[derive(Debug, Clone)]
pub struct Hearing {
    listening: Listening,
    keys: CodecKeys,
}

impl Hearing {
    pub fn new(listening: Listening, keys: CodecKeys) -> Self {
        Self { listening, keys }
    }

    /// What somebody hears is encoded by this codec from now on.
    pub fn begin(&self, listener: Listener, codec: Codec) {
        let key = self.keys.iter().find(|(of, _)| *of == codec);
        key.into_iter().for_each(|(_, key)| self.listening.begin(listener, *key));
    }

    /// It is encoded for them no longer.
    pub fn end(&self, listener: Listener) {
        self.listening.end(listener);
    }
}
