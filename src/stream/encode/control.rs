//! Who hears by which codec: [`EncodeControl`]; and the orders by which that reaches the encode groups.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering::Relaxed},
};

use crossbeam_channel::Sender;

use super::{
    convert::Converter,
    options::{CodecError, Silence},
    readings::EncodeReadings,
    shared::Shared,
};
use crate::{data::id::ParticipantKey, stream::codec::Encoder};

/// The number of the next codec of any encode groups.
static NEXT: AtomicU32 = AtomicU32::new(0);

/// A codec that some [`EncodeGroups`](super::EncodeGroups) have; unique in this process. It is unknown to others: a
/// listener who is to hear by it there is given nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CodecKey(pub(super) u32);

/// What is asked of encode groups.
#[derive(Debug)]
pub(super) enum Order {
    Codec { key: CodecKey, encoder: Box<dyn Encoder>, silence: Silence },
    Listen { listener: ParticipantKey, codec: CodecKey },
    Leave { listener: ParticipantKey },
}

/// A handle on [`EncodeGroups`](super::EncodeGroups), for any thread but the audio thread; a clone is another handle on
/// the same. What it is told holds from the next packet on.
#[derive(Debug, Clone)]
pub struct EncodeControl {
    pub(super) orders: Sender<Order>,
    pub(super) shared: Arc<Shared>,
}

impl EncodeControl {
    /// Adds a codec: an encoder as new, of which others are forked, one for each mix that is heard by this codec.
    /// [`EncodeOptions::silence`](super::EncodeOptions::silence) says what is sent of silence.
    ///
    /// # Errors
    /// [`CodecError`]: it has no packets of this length, or its rate does not go with the mixer's.
    pub fn add_codec(&self, encoder: impl Encoder + 'static) -> Result<CodecKey, CodecError> {
        self.add_codec_with(encoder, self.shared.options.silence)
    }

    /// Adds a codec of which silence is sent in another way than that of most: to a telephone, say, that takes a pause
    /// for the end of a call.
    ///
    /// # Errors
    /// As [`add_codec`](Self::add_codec).
    pub fn add_codec_with(&self, encoder: impl Encoder + 'static, silence: Silence) -> Result<CodecKey, CodecError> {
        let Shared { mixer, packet, options, .. } = *self.shared;
        let format = encoder.format();
        let frames = Converter::new(mixer, format, packet, options.packet_ms)?.frames();
        if !encoder.takes(frames) {
            return Err(CodecError::Length { packet_ms: options.packet_ms, rate_hz: format.rate_hz });
        }
        let key = CodecKey(NEXT.fetch_add(1, Relaxed));
        self.order(Order::Codec { key, encoder: Box::new(encoder), silence });
        Ok(key)
    }

    /// Has a listener given packets by a codec, from now on: of whatever it hears in the mixer. Once more for another
    /// codec.
    pub fn listen(&self, listener: ParticipantKey, codec: CodecKey) {
        self.order(Order::Listen { listener, codec });
    }

    /// A listener is given no packets any more. Of one who has left the mixer there are none anyway; its entry goes
    /// once another participant has its slot.
    pub fn leave(&self, listener: ParticipantKey) {
        self.order(Order::Leave { listener });
    }

    /// What the encode groups do.
    pub fn readings(&self) -> EncodeReadings {
        self.shared.counters.readings(self.shared.relay.readings())
    }

    fn order(&self, order: Order) {
        // If the encode groups are gone nobody is given packets: then nothing is lost.
        let _sent = self.orders.send(order);
    }
}
