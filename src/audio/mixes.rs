//! What the listeners hear in a tick: [`Mixes`], borrowed from the processor until the next tick.

use super::{
    deliver::Output,
    engine::{Engine, Tools},
};
use crate::{
    data::{
        id::{MixId, ParticipantKey},
        level::Decibels,
        moves::Move,
        sample::Sample,
        timing::Clock,
    },
    dsp::{Kernel, Tile},
};

/// The mixes of one tick. Listeners who hear the same share one mix.
#[derive(Debug, Clone, Copy)]
pub struct Mixes<'a> {
    engine: &'a Engine,
    /// The time at which the tick began.
    clock: Clock<'a>,
    position: u64,
    kernel: Kernel,
}

impl<'a> Mixes<'a> {
    pub(crate) fn new(engine: &'a Engine, Tools { clock, position, kernel, .. }: Tools<'a>) -> Self {
        Self { engine, clock, position, kernel }
    }

    /// The samples of the mixer's timeline before this tick, those of [skipped](crate::AudioThread::skip) ticks
    /// included: the time of the first sample of each mix. An RTP timestamp is a random offset and this, in the
    /// codec's clock rate. Real time.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The mix that a listener hears; `None` if no participant who hears has this key.
    pub fn get(&self, listener: ParticipantKey) -> Option<Mix<'a>> {
        Some(Mix { mixes: *self, output: self.engine.output_of(listener)? })
    }

    /// Each different mix once, with its listeners: encode the mix once and send it to all of them.
    pub fn distinct(&self) -> impl ExactSizeIterator<Item = Mix<'a>> + use<'a> {
        let mixes = *self;
        (0..self.engine.outputs().list().len()).map(move |output| Mix { mixes, output })
    }

    /// The listeners who hear another mix in this tick than in the last one that was mixed, in no certain order. Who
    /// has joined since has not moved, and who has left is not named. Real time: nothing to do in most ticks, for who
    /// hears what is as before; otherwise a step for each listener of a mix that anybody has come into.
    ///
    /// A host that keeps an encoder for each [mix](Mix::id) goes through the new mixes first, and gives each a copy of
    /// the encoder of the mix that it is [forked](Mix::forked_from) from. Then a [`Split`](crate::MoveKind::Split)
    /// needs no more. At a [`Merge`](crate::MoveKind::Merge) the listener's decoder has heard another encoder so far:
    /// for a few packets both encoders get the same samples, and then the listener gets the packets of the other one.
    ///
    /// ```
    /// # use mixminus::{Frame, JoinOptions, MixerConfig, MoveKind};
    /// # let (controller, mut processor) = MixerConfig::default().build()?;
    /// let [anna, ben, cleo] = ["anna", "ben", "cleo"].map(|id| controller.join(id, JoinOptions::default()).unwrap());
    /// # let mut audio = processor.enter();
    /// let silence = audio.tick().mix().get(cleo).map(|mix| mix.id()); // which all of them hear
    ///
    /// let mut tick = audio.tick();
    /// tick.send(anna, Frame::from(&[0.25_f32; 480][..]))?; // whom ben and cleo hear
    /// let mixes = tick.mix();
    /// assert_eq!(mixes.get(cleo).map(|mix| mix.id()), silence); // most of its listeners: it goes on
    /// let alone = mixes.get(anna).expect("she hears");
    /// assert_eq!(alone.forked_from(), silence);
    /// let moved = mixes.moves().next().expect("anna has moved");
    /// assert_eq!((moved.listener, moved.to, moved.kind), (anna, alone.id(), MoveKind::Split));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn moves(&self) -> impl Iterator<Item = Move> + use<'a> {
        self.engine.moves()
    }

    /// The sources of which the other nodes of a cluster need this tick.
    #[cfg(feature = "cluster")]
    pub(crate) fn shared(
        &self,
    ) -> impl Iterator<Item = (ParticipantKey, crate::data::sharing::Shared, crate::data::channels::Planes<'a>)> + use<'a>
    {
        self.engine.shared(self.clock)
    }

    /// The sources that were audible in this tick, in no order that lasts: present, or fading in or out,
    /// and not silent, whether or not any configuration lets them through. Real time.
    pub fn sources(&self) -> impl Iterator<Item = ParticipantKey> + use<'a> {
        let engine = self.engine;
        engine.audible().iter().map(move |slot| engine.key(*slot))
    }
}

/// One mix: one tick of samples at the mixer's rate, for each channel of the mixer.
#[derive(Debug, Clone, Copy)]
pub struct Mix<'a> {
    mixes: Mixes<'a>,
    /// The number of the mix among the outputs of the tick. Everything else is looked up when it is asked
    /// for: most callers ask for the samples alone.
    output: usize,
}

impl<'a> Mix<'a> {
    /// The identity of the mix, by which an encoder can be kept: it stays the same for as long as the mix goes on.
    /// Real time.
    ///
    /// A mix goes on the mix of the last tick that most of its listeners heard; if several go on the same, the one
    /// with most of its listeners does, and the others begin. Of two equal numbers of listeners that with the lowest
    /// [slot](ParticipantKey::index) is the greater one. Who was no listener in the last tick does not count. A tick
    /// that was dropped instead of mixed is none.
    pub fn id(&self) -> MixId {
        self.mixes.engine.outputs().identity(self.output).0
    }

    /// In the first tick of a mix: the mix that most of its listeners heard in the last tick, which goes on with
    /// others. `None` in all other ticks, and if none of its listeners heard a mix in the last tick. Real time.
    pub fn forked_from(&self) -> Option<MixId> {
        self.mixes.engine.outputs().identity(self.output).1
    }

    /// The samples of a mono mix, or of the left channel of a stereo mix. Full scale is ±1.0; the limiter, if
    /// there is one, keeps the samples within it.
    pub fn samples(&self) -> &'a [f32] {
        self.channel(0)
    }

    /// The left channel, or the only channel of a mono mix.
    pub fn left(&self) -> &'a [f32] {
        self.samples()
    }

    /// The right channel, or the only channel of a mono mix.
    pub fn right(&self) -> &'a [f32] {
        self.channel(1)
    }

    /// The samples of a channel; those of the last channel for a number past it.
    fn channel(&self, channel: usize) -> &'a [f32] {
        &Tile::flat(self.mixes.engine.mix(channel, self.output))[..self.mixes.clock.timing.tick]
    }

    /// Writes the samples as `i16`, rounded to the nearest; samples past full scale saturate. A stereo mix is
    /// written with left and right in turn. Writes as many samples as the mix and `out` both have.
    pub fn write_i16(&self, out: &mut [i16]) {
        if self.mixes.engine.channels() > 1 {
            return self.write_interleaved(out);
        }
        let samples = self.samples();
        let count = out.len().min(samples.len());
        self.mixes.kernel.give_i16(&samples[..count], &mut out[..count]);
    }

    /// Writes left and right in turn, in either format; a mono mix is written to both. Writes as many samples
    /// as the mix and `out` both have.
    pub fn write_interleaved<S: Sample>(&self, out: &mut [S]) {
        for ((out, left), right) in out.chunks_exact_mut(2).zip(self.left()).zip(self.right()) {
            (out[0], out[1]) = (S::from_f32(*left), S::from_f32(*right));
        }
    }

    /// The listeners who hear this mix.
    pub fn listeners(&self) -> impl Iterator<Item = ParticipantKey> + use<'a> {
        let engine = self.mixes.engine;
        engine.listeners(self.output).map(move |slot| engine.key(slot))
    }

    /// The sources that are heard in this mix, in the order of their slots: every source that is audible and
    /// has a gain over 0 at any time of this tick. An RTP packet names these as its contributing sources.
    ///
    /// A source that is ducked to 0 or sends digital silence is not among them, and neither is the listener,
    /// who never hears its own voice. A source that has just left is, for as long as it fades out. Real time:
    /// each step looks up one source in the row.
    ///
    /// ```
    /// # use mixminus::{Frame, Gain, JoinOptions, MixerConfig};
    /// # let (controller, mut processor) = MixerConfig::default().build()?;
    /// let [anna, ben, cleo] = ["anna", "ben", "cleo"].map(|id| controller.join(id, JoinOptions::default()).unwrap());
    /// controller.set_gain("anna", "cleo", Gain::SILENCE)?;
    /// # let mut audio = processor.enter();
    /// let mut tick = audio.tick();
    /// for key in [anna, ben, cleo] {
    ///     tick.send(key, Frame::from(&[0.25_f32; 480][..]))?;
    /// }
    /// let mixes = tick.mix();
    /// assert!(mixes.get(anna).unwrap().sources().eq([ben]));
    /// assert!(mixes.get(ben).unwrap().sources().eq([anna, cleo]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sources(&self) -> impl Iterator<Item = ParticipantKey> + use<'a> {
        self.mixes.engine.sources(self.output, self.mixes.clock)
    }

    /// Whether no source is heard in this mix. Then every sample is exactly 0.
    pub fn is_silent(&self) -> bool {
        self.output().silent
    }

    /// The greatest magnitude of the samples, over all channels.
    pub fn peak(&self) -> f32 {
        self.output().level.peak
    }

    /// The RMS of the samples, over all channels.
    pub fn rms(&self) -> f32 {
        self.output().level.rms()
    }

    /// The least gain that the limiter applied in this tick: 0 dB or less. It is the same for both channels.
    pub fn reduction(&self) -> Decibels {
        Decibels::from_amplitude(f64::from(self.output().level.gain))
    }

    fn output(&self) -> &'a Output {
        &self.mixes.engine.outputs().list()[self.output]
    }
}
