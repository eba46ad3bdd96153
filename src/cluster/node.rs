//! How a mixer becomes a node: [`node`].

use std::{collections::BTreeMap, sync::Arc};

use rtrb::RingBuffer;

use super::{
    Conference, NodeAudio, NodeDriver, NodeError, NodeOptions,
    audio::{AudioInput, AudioOutput},
    codec::LinkEncoders,
    conference::Shared,
    link::Outgoing,
    message::Format,
    meters::AudioMeters,
    state::{MOST_PEERS, State},
};
use crate::{Controller, Processor};

/// Makes a mixer a node of a cluster. Three parts, for three threads: the [`Conference`] for those that make changes, the
/// [`NodeDriver`] for the one that talks to the other nodes, and the [`NodeAudio`] for the audio thread. Allocates.
///
/// All nodes of a cluster have mixers of the same rate, channels and tick, and the same
/// [`RoleTable`](crate::RoleTable) if they have one.
///
/// # Errors
/// [`NodeError`].
pub fn node(
    controller: Controller,
    processor: &Processor,
    options: NodeOptions,
) -> Result<(Conference, NodeDriver, NodeAudio), NodeError> {
    options.check()?;
    let figures = controller.node_figures(processor.mixer()).ok_or(NodeError::OtherMixer)?;
    if controller.is_node() {
        return Err(NodeError::NodeAlready);
    }
    if !options.format.fits(figures.timing.rate, figures.timing.tick) {
        return Err(NodeError::Format);
    }
    let most_sources = options.most_sources;
    let format = Format {
        rate_hz: figures.timing.rate,
        channels: figures.channels.count() as u8,
        tick_samples: figures.timing.tick as u32,
    };
    let incarnation = uuid::Uuid::new_v4().as_u64_pair().0.max(1);
    let (outgoing, free, written) = Outgoing::new(&figures, options.most_sources);
    // There may be as many orders to add a link as to remove one.
    let (orders, to_audio) = RingBuffer::new(4 * MOST_PEERS);
    let (from_audio, returned) = RingBuffer::new(2 * MOST_PEERS);
    let meters = Arc::new(AudioMeters::default());
    let links = Vec::with_capacity(2 * MOST_PEERS);
    let (tick_samples, own) = (figures.timing.tick, Arc::clone(&meters));
    let audio = NodeAudio {
        input: AudioInput { links, orders: to_audio, returned: from_audio },
        output: AudioOutput { free, written, tick_samples, most_sources, meters: own },
    };
    let encoders = LinkEncoders::new(options.format);
    let state = State::new(options, controller, format, incarnation);
    let shared = Arc::new(Shared::new(state, meters));
    let driver = NodeDriver {
        shared: Arc::clone(&shared),
        incarnation,
        encoders,
        figures,
        outgoing,
        orders,
        returned,
        incoming: BTreeMap::new(),
        next: 0,
        out: 0,
        members: Vec::new(),
        bytes: Vec::new(),
    };
    Ok((Conference { shared }, driver, audio))
}
