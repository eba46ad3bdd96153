//! Who hears by which codec: [`Hearing`]. The mixes are encoded by [`Encoding`](crate::live::encoding::Encoding), once
//! for all who hear the same by the same codec.

use mixminus::{
    ParticipantKey,
    stream::{CodecKey, EncodeControl},
};

use super::codec::Codec;

/// The codecs of telephones, as those who encode know them.
pub type Keys = [(Codec, CodecKey); Codec::ALL.len()];

/// Says what is encoded for telephones.
#[derive(Debug, Clone)]
pub struct Hearing {
    control: EncodeControl,
    keys: Keys,
}

impl Hearing {
    pub fn new(control: EncodeControl, keys: Keys) -> Self {
        Self { control, keys }
    }

    /// What somebody hears is encoded by this codec from now on.
    pub fn begin(&self, listener: ParticipantKey, codec: Codec) {
        let key = self.keys.iter().find(|(of, _)| *of == codec);
        key.into_iter().for_each(|(_, key)| self.control.listen(listener, *key));
    }

    /// It is encoded for them no longer.
    pub fn end(&self, listener: ParticipantKey) {
        self.control.leave(listener);
    }
}
