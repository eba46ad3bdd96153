//! One encoder for each mix: [`EncodeGroups`].

use std::{sync::Arc, time::Duration};

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::{
    codecs::Codec,
    control::{EncodeControl, Order},
    lane::Lane,
    lanes::{Codecs, Lanes},
    members::Members,
    options::{CodecError, EncodeOptions},
    packet::EncodedPacket,
    readings::Counters,
    shared::Shared,
    signatures::{Signature, Signatures},
    window::{Piece, Stand, Window},
};
use crate::{
    data::channels::Channels,
    stream::{
        codec::MOST_MS,
        relay::{Relay, RelayMix},
    },
};

/// One encoder for each mix that is heard, whoever hears it: packets of a fixed length from the ticks of a [`Relay`],
/// encoded once and given out with the list of their listeners.
///
/// A thread of the host's calls [`pass`](Self::pass) about once a tick; or [`EncodeThreads`](super::EncodeThreads) do so
/// on threads of their own. Who is given packets, and by which codec, is told by an [`EncodeControl`], from any thread.
///
/// A packet is made of just what its listener heard, tick by tick, also where ticks are shorter than packets and the
/// listener goes from one mix to another within one.
///
/// *Moves.* When some of the listeners of a mix go on to another (one of them begins to talk, say), their encoder is
/// forked: each decoder hears on what it has heard until now. When listeners come to hear what others
/// hear, their encoder goes on beside the others' for as long as the codec remembers
/// ([`Encoder::memory_ms`](crate::stream::Encoder::memory_ms)); then they are given the others' packets.
///
/// ```
/// use mixminus::{Frame, JoinOptions, MixerConfig};
/// use mixminus::stream::{EncodeGroups, EncodeOptions, Relay, RelayOptions};
/// # use mixminus::stream::{EncodeError, Encoder, StreamFormat};
/// # #[derive(Debug, Clone)]
/// # struct Codec;
/// # impl Encoder for Codec {
/// #     fn format(&self) -> StreamFormat { StreamFormat::mono(48_000) }
/// #     fn takes(&self, _: usize) -> bool { true }
/// #     fn encode(&mut self, _: &[f32], _: &mut [u8]) -> Result<usize, EncodeError> { Ok(80) }
/// #     fn fork(&mut self) -> Box<dyn Encoder> { Box::new(self.clone()) }
/// #     fn reset(&mut self) {}
/// # }
///
/// let (controller, mut processor) = MixerConfig::default().build()?; // ticks of 10 ms
/// let (mut writer, relay) = Relay::new(&processor, RelayOptions::default())?;
/// let mut groups = EncodeGroups::new(relay, EncodeOptions::default())?; // packets of 20 ms
/// let control = groups.control();
/// let codec = control.add_codec(Codec)?; // OpusEncoder::new(...)?, with the feature `opus`
/// let [anna, ben, cleo] = ["anna", "ben", "cleo"].map(|id| controller.join(id, JoinOptions::default()).unwrap());
/// [anna, ben, cleo].into_iter().for_each(|key| control.listen(key, codec));
///
/// let mut audio = processor.enter(); // the audio thread
/// for _ in 0..2 {
///     let mut tick = audio.tick();
///     tick.send(anna, Frame::from(&[0.25_f32; 480][..]))?;
///     writer.write(&tick.mix());
/// }
/// let mut sent = Vec::new(); // the thread that encodes
/// groups.pass(|packet| sent.push((packet.position, packet.listeners.to_vec(), packet.payload.len())));
/// sent.sort();
/// assert_eq!(sent, [(0, vec![anna], 80), (0, vec![ben, cleo], 80)]);
/// assert_eq!(control.readings().saved_encodes, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct EncodeGroups {
    relay: Relay,
    orders: Receiver<Order>,
    /// For handles.
    orders_from: Sender<Order>,
    shared: Arc<Shared>,
    codecs: Codecs,
    window: Window,
    members: Members,
    signatures: Signatures,
    lanes: Lanes,
}

impl EncodeGroups {
    /// Encode groups on a relay. Allocates.
    ///
    /// # Errors
    /// [`CodecError`]: the options are out of their ranges.
    pub fn new(relay: Relay, options: EncodeOptions) -> Result<Self, CodecError> {
        let mixer = relay.format();
        let EncodeOptions { packet_ms, most_encoders, .. } = options;
        let per_second = u64::from(mixer.rate_hz) * u64::from(packet_ms);
        let most_ms = MOST_MS as u32;
        if !(1..=most_ms).contains(&packet_ms) || !per_second.is_multiple_of(1000) {
            return Err(CodecError::PacketMs { packet_ms, most_ms, rate_hz: mixer.rate_hz });
        }
        if most_encoders == 0 {
            return Err(CodecError::NoEncoders);
        }
        let packet = (per_second / 1000) as usize;
        let (ticks, least) = (relay.holds(), packet.div_ceil(relay.tick_samples()) + 2);
        if ticks < least {
            return Err(CodecError::Relay { ticks, least, packet_ms });
        }
        let (counters, relay_counters) = (Counters::default(), Arc::clone(relay.counters()));
        let shared = Arc::new(Shared { mixer, packet, options, counters, relay: relay_counters });
        let (orders_from, orders) = unbounded();
        Ok(Self {
            window: Window::new(packet, relay.tick_samples()),
            relay,
            orders,
            orders_from,
            codecs: Codecs::default(),
            members: Members::default(),
            signatures: Signatures::default(),
            lanes: Lanes::new(Arc::clone(&shared)),
            shared,
        })
    }

    /// A handle on them.
    pub fn control(&self) -> EncodeControl {
        EncodeControl { orders: self.orders_from.clone(), shared: Arc::clone(&self.shared) }
    }

    /// Encodes, on this thread, the packets of which the ticks are there now, and gives each to `sink`. Returns for how
    /// many packet times that was. Never waits; what comes meanwhile is for the next pass.
    pub fn pass(&mut self, mut sink: impl FnMut(&EncodedPacket<'_>)) -> usize {
        let most = (self.relay.waiting() + 1) * self.relay.tick_samples() / self.shared.packet + 1;
        let mut times = 0;
        while times < most && self.prepare() {
            self.lanes().iter_mut().for_each(|lane| lane.work(&mut sink));
            times += 1;
        }
        times
    }

    /// Gets the next packet ready in all lanes. `false` if ticks of it are still to come. All lanes must have
    /// worked before this is called again.
    pub(super) fn prepare(&mut self) -> bool {
        loop {
            match self.window.stand() {
                Stand::Waits => match self.relay.take() {
                    Some(tick) => self.window.push(tick),
                    None => return false,
                },
                Stand::Torn => {
                    self.lose(1);
                    self.advance();
                }
                Stand::Whole => {
                    self.take_orders();
                    self.stage();
                    self.advance();
                    return true;
                }
            }
        }
    }

    pub(super) fn lanes(&mut self) -> &mut Vec<Lane> {
        self.lanes.all()
    }

    /// How many ticks were taken from the relay.
    pub(super) fn ticks(&self) -> u64 {
        self.relay.readings().ticks
    }

    /// How long a tick is.
    pub(super) fn tick_time(&self) -> Duration {
        Duration::from_secs_f64(self.relay.tick_samples() as f64 / f64::from(self.shared.mixer.rate_hz))
    }

    /// Whether the audio thread's end of the relay is gone, and all of its ticks were read.
    pub(super) fn is_over(&self) -> bool {
        self.relay.is_over()
    }

    fn take_orders(&mut self) {
        for order in self.orders.try_iter() {
            match order {
                Order::Codec { key, encoder, silence } => drop(self.codecs.insert(key, Codec::new(encoder, silence))),
                Order::Listen { listener, codec } => self.members.put(listener, codec),
                Order::Leave { listener } => self.members.remove(listener),
            }
        }
    }

    /// Gives every lane what it encodes.
    fn stage(&mut self) {
        let pieces: Vec<Piece> = self.window.pieces().collect();
        self.signatures.begin();
        self.members.begin();
        for (ticks, piece) in (1..).zip(&pieces) {
            self.members.look_at(self.window.tick(piece.tick), &mut self.signatures);
            self.members.end_tick(ticks, &mut self.signatures);
        }
        let stereo = self.shared.mixer.channels == Channels::Stereo;
        let encoded = self.lanes.arrange(&mut self.members, &mut self.codecs);
        for (lane, signature) in self.lanes.all().iter_mut().zip(encoded) {
            let mixes = mixes(signature, &pieces, &self.window, &self.signatures);
            lane.staged.fill(
                self.window.position(),
                stereo,
                mixes.into_iter().zip(pieces.iter().map(|piece| &piece.samples)),
            );
        }
    }

    /// So many packets cannot be made.
    fn lose(&mut self, packets: u64) {
        self.lanes.all().iter_mut().for_each(|lane| lane.lose(packets));
    }

    /// Goes on to the next packet, and gives ticks back that are in none any more.
    fn advance(&mut self) {
        let passed = self.window.advance();
        self.lose(passed);
        while let Some(tick) = self.window.pop() {
            self.relay.give_back(tick);
        }
    }
}

/// The mixes that are heard in a packet, piece by piece.
fn mixes<'a>(
    of: Signature,
    pieces: &[Piece],
    window: &'a Window,
    signatures: &Signatures,
) -> Vec<Option<RelayMix<'a>>> {
    let mixes = signatures.mixes_backwards(of).zip(pieces.iter().rev());
    let mut mixes: Vec<_> = mixes.map(|(mix, piece)| Some(window.tick(piece.tick).mix(mix? as usize))).collect();
    mixes.reverse();
    mixes
}
