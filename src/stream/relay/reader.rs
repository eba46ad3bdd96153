//! The reader's end of a relay: [`Relay`], and what it gives: [`RelayTick`] and [`RelayMix`].

use std::sync::{Arc, atomic::Ordering::Relaxed};

use rtrb::{Consumer, Producer, RingBuffer};

use super::{
    copy::{MixCopy, Room, Shape, TickCopy},
    counters::{Counters, RelayReadings},
    options::{RelayError, RelayOptions},
    writer::RelayWriter,
};
use crate::{
    audio::Processor,
    data::{
        channels::Channels,
        id::{MixId, ParticipantKey},
        ports::StreamFormat,
    },
};

/// Whole ticks, copied from the audio thread to another thread: each different mix once, with its [`MixId`] and its
/// listeners. [`EncodeGroups`](crate::stream::EncodeGroups) stand on it; so can whatever a host wants to do with the
/// mixes that takes longer than a tick has.
///
/// It holds a number of copies ([`RelayOptions::ticks`]) that go round: the audio thread fills one, this end reads it and
/// gives it back. No end waits for the other. Of a tick that finds no copy free nothing is read; the
/// [`position`](RelayTick::position)s tell of the gap, and [`readings`](Self::readings) count it. A call that
/// grows gets larger copies, made by this end, with as much room again as any tick has had: a tick of more than that is
/// dropped, and those after it until this end has come by. [`RelayOptions`] lay out room for what is expected. Copies never
/// become smaller.
///
/// ```
/// use mixminus::{Frame, JoinOptions, MixerConfig, stream::{Relay, RelayOptions}};
///
/// let (controller, mut processor) = MixerConfig::default().build()?;
/// let anna = controller.join("anna", JoinOptions::default())?;
/// let ben = controller.join("ben", JoinOptions::default())?;
/// let (mut writer, mut relay) = Relay::new(&processor, RelayOptions::default())?;
///
/// // The audio thread.
/// let mut audio = processor.enter();
/// let mut tick = audio.tick();
/// tick.send(anna, Frame::from(&[0.25_f32; 480][..]))?;
/// writer.write(&tick.mix());
///
/// // Another thread.
/// let tick = relay.next().expect("one tick was mixed");
/// let heard = tick.mixes().find(|mix| mix.listeners().contains(&ben)).expect("ben listens");
/// assert_eq!((tick.position(), heard.left()[479], heard.is_silent()), (0, 0.25, false));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Relay {
    empty: Producer<Box<TickCopy>>,
    full: Consumer<Box<TickCopy>>,
    counters: Arc<Counters>,
    format: StreamFormat,
    tick_samples: usize,
    /// The room that copies get as they come by.
    room: Room,
}

impl Relay {
    /// A relay of the ticks of a processor, and the end for its audio thread. Allocates: not on the audio thread.
    ///
    /// # Errors
    /// [`RelayError`]: an option is out of its range.
    pub fn new(processor: &Processor, options: RelayOptions) -> Result<(RelayWriter, Self), RelayError> {
        options.check()?;
        let channels = processor.channels();
        let tick_samples = processor.tick_samples();
        let shape = Shape {
            mixer: processor.mixer(),
            tick: tick_samples,
            channels: channels.count(),
            sources: options.sources,
        };
        let room = Room { mixes: options.mixes, listeners: options.listeners };
        let (mut empty, to_fill) = RingBuffer::new(options.ticks);
        let (filled, full) = RingBuffer::new(options.ticks);
        for _ in 0..options.ticks {
            // As many as there are places.
            let _pushed = empty.push(Box::new(TickCopy::new(shape, room)));
        }
        let counters = Arc::new(Counters::default());
        let writer = RelayWriter { empty: to_fill, full: filled, counters: Arc::clone(&counters) };
        let format = StreamFormat { rate_hz: processor.sample_rate(), channels };
        Ok((writer, Self { empty, full, counters, format, tick_samples, room }))
    }

    /// The oldest tick that was not read yet; `None` if there is none. Never waits; allocates while a call grows.
    #[expect(clippy::should_implement_trait, reason = "what it gives is borrowed from it")]
    pub fn next(&mut self) -> Option<RelayTick<'_>> {
        let copy = self.take()?;
        Some(RelayTick { copy: Some(copy), relay: self })
    }

    /// The oldest tick that was not read yet. It must be [given back](Self::give_back).
    pub(in crate::stream) fn take(&mut self) -> Option<TakenTick> {
        loop {
            let copy = self.full.pop().ok()?;
            self.room = self.room.and(copy.has.doubled());
            if copy.is_whole() {
                self.counters.read.fetch_add(1, Relaxed);
                return Some(TakenTick(copy));
            }
            self.give_back(TakenTick(copy));
        }
    }

    /// Gives a tick back to be filled again.
    pub(in crate::stream) fn give_back(&mut self, TakenTick(mut copy): TakenTick) {
        copy.make(self.room);
        // There is room for all copies that there are.
        let _pushed = self.empty.push(copy);
    }

    /// What both ends count.
    pub(in crate::stream) fn counters(&self) -> &Arc<Counters> {
        &self.counters
    }

    /// How many ticks it holds.
    pub(in crate::stream) fn holds(&self) -> usize {
        self.empty.buffer().capacity()
    }

    /// How many ticks are there to be read.
    pub(in crate::stream) fn waiting(&self) -> usize {
        self.full.slots()
    }

    /// The rate and the channels of the mixes.
    pub fn format(&self) -> StreamFormat {
        self.format
    }

    /// Samples of a tick in each channel.
    pub fn tick_samples(&self) -> usize {
        self.tick_samples
    }

    /// Whether the audio thread's end is gone, and all that it wrote was read.
    pub fn is_over(&self) -> bool {
        self.full.is_abandoned() && self.full.is_empty()
    }

    /// What became of the ticks.
    pub fn readings(&self) -> RelayReadings {
        self.counters.readings()
    }
}

/// A tick that was taken from a relay, by those in this crate who hold several.
#[derive(Debug)]
pub(in crate::stream) struct TakenTick(Box<TickCopy>);

impl TakenTick {
    pub fn position(&self) -> u64 {
        self.0.position
    }

    /// Its mixes, in order.
    pub fn mixes(&self) -> impl ExactSizeIterator<Item = RelayMix<'_>> {
        mixes(&self.0)
    }

    /// One of its mixes.
    pub fn mix(&self, number: usize) -> RelayMix<'_> {
        RelayMix { tick: &self.0, number }
    }
}

fn mixes(tick: &TickCopy) -> impl ExactSizeIterator<Item = RelayMix<'_>> {
    (0..tick.mixes.len()).map(|number| RelayMix { tick, number })
}

/// The mixes of one tick, until it is dropped.
#[derive(Debug)]
pub struct RelayTick<'a> {
    /// `None` once it was given back.
    copy: Option<TakenTick>,
    relay: &'a mut Relay,
}

impl RelayTick<'_> {
    /// [`Mixes::position`](crate::Mixes::position) of the tick.
    pub fn position(&self) -> u64 {
        self.copy.as_ref().map_or(0, TakenTick::position)
    }

    /// Each different mix once, in no particular order.
    pub fn mixes(&self) -> impl Iterator<Item = RelayMix<'_>> {
        self.copy.iter().flat_map(TakenTick::mixes)
    }
}

impl Drop for RelayTick<'_> {
    fn drop(&mut self) {
        if let Some(copy) = self.copy.take() {
            self.relay.give_back(copy);
        }
    }
}

/// One mix of a tick.
#[derive(Debug, Clone, Copy)]
pub struct RelayMix<'a> {
    tick: &'a TickCopy,
    number: usize,
}

impl<'a> RelayMix<'a> {
    fn copy(&self) -> &'a MixCopy {
        &self.tick.mixes[self.number]
    }

    /// Its identity, while it goes on.
    pub fn id(&self) -> MixId {
        self.copy().id
    }

    /// [`Mix::forked_from`](crate::Mix::forked_from).
    pub fn forked_from(&self) -> Option<MixId> {
        self.copy().forked_from
    }

    /// Whether no source is heard in it: then every sample is 0.
    pub fn is_silent(&self) -> bool {
        self.copy().silent
    }

    /// Who hears it.
    pub fn listeners(&self) -> &'a [ParticipantKey] {
        &self.tick.listeners[self.copy().listeners.clone()]
    }

    /// Who is heard in it, the first [`RelayOptions::sources`] in the order of [`Mix::sources`](crate::Mix::sources).
    pub fn sources(&self) -> &'a [ParticipantKey] {
        &self.tick.sources[self.copy().sources.clone()]
    }

    /// The samples of the left channel, or of the only channel of a mono mix. Full scale is ±1.0.
    pub fn left(&self) -> &'a [f32] {
        self.tick.samples(self.number, 0)
    }

    /// The samples of the right channel, or of the only channel of a mono mix.
    pub fn right(&self) -> &'a [f32] {
        self.tick.samples(self.number, 1)
    }

    /// The channels of the mix.
    pub fn channels(&self) -> Channels {
        if self.tick.shape().channels > 1 { Channels::Stereo } else { Channels::Mono }
    }
}
