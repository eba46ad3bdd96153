//! What everybody hears in a tick: [`Mixes`], borrowed from the processor until the next one.

use super::engine::Engine;
use crate::{
    data::{id::ParticipantKey, level::Decibels, sample::Sample, timing::Clock},
    dsp::{Kernel, Tile},
};

/// The mixes of one tick. Listeners who hear the same share one.
#[derive(Debug, Clone, Copy)]
pub struct Mixes<'a> {
    engine: &'a Engine,
    /// As it was when the tick was planned.
    clock: Clock<'a>,
    kernel: Kernel,
}

impl<'a> Mixes<'a> {
    pub(crate) fn new(engine: &'a Engine, clock: Clock<'a>, kernel: Kernel) -> Self {
        Self { engine, clock, kernel }
    }

    /// What the listener hears; `None` if nobody who hears has this key.
    pub fn get(&self, listener: ParticipantKey) -> Option<Mix<'a>> {
        Some(Mix { mixes: *self, output: self.engine.output_of(listener)? })
    }

    /// Each different mix once, with its listeners: encode it once, send it to all of them.
    pub fn distinct(&self) -> impl ExactSizeIterator<Item = Mix<'a>> + use<'a> {
        let mixes = *self;
        (0..self.engine.output_count()).map(move |output| Mix { mixes, output })
    }

    /// The sources that were there to be heard in this tick, in the order of their places: present, or fading in or out, and not silent; whether or not
    /// anybody's configuration lets them through. Real time.
    pub fn sources(&self) -> impl Iterator<Item = ParticipantKey> + use<'a> {
        let engine = self.engine;
        engine.audible().iter().map(move |slot| engine.key(*slot))
    }
}

/// One mix: one tick of samples at the mixer's rate, for each of its channels.
#[derive(Debug, Clone, Copy)]
pub struct Mix<'a> {
    mixes: Mixes<'a>,
    /// Its number among them. What is known of it is looked up when it is asked for: most ask for the samples alone.
    output: usize,
}

impl<'a> Mix<'a> {
    /// The samples of a mono mix, or those of the left channel of a stereo one; full scale is ±1.0, which the limiter, if it is on, keeps them in.
    pub fn samples(&self) -> &'a [f32] {
        self.channel(0)
    }

    /// The left channel; in a mono mixer the only one.
    pub fn left(&self) -> &'a [f32] {
        self.samples()
    }

    /// The right channel; in a mono mixer the only one.
    pub fn right(&self) -> &'a [f32] {
        self.channel(1)
    }

    /// A channel; of those that there are not, the last one.
    fn channel(&self, channel: usize) -> &'a [f32] {
        &Tile::flat(self.mixes.engine.mix(channel, self.output))[..self.mixes.clock.timing.tick]
    }

    /// The samples as i16, rounded to the nearest; past full scale they saturate. Left and right by turns if the mixer is a stereo one. Writes as many as both have.
    pub fn write_i16(&self, out: &mut [i16]) {
        if self.mixes.engine.channels() > 1 {
            return self.write_interleaved(out);
        }
        let samples = self.samples();
        let count = out.len().min(samples.len());
        self.mixes.kernel.give_i16(&samples[..count], &mut out[..count]);
    }

    /// Left and right by turns, of whichever format; the same on both if the mixer is a mono one. Writes as many as both have.
    pub fn write_interleaved<S: Sample>(&self, out: &mut [S]) {
        for ((out, left), right) in out.chunks_exact_mut(2).zip(self.left()).zip(self.right()) {
            (out[0], out[1]) = (S::from_f32(*left), S::from_f32(*right));
        }
    }

    /// Who hears it.
    pub fn listeners(&self) -> impl Iterator<Item = ParticipantKey> + use<'a> {
        let engine = self.mixes.engine;
        engine.listeners(self.output).map(move |slot| engine.key(slot))
    }

    /// Who is heard in it, in the order of their places: every source that is audible and has a gain over 0 at any time of this tick; what an RTP packet names as its
    /// contributing sources. One that is ducked to 0, or sends digital silence, is not; nor is ever who hears the mix, as nobody hears themselves. One who has just left
    /// is, for as long as it fades out. Real time: each step looks a source up in the row.
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

    /// Whether nobody is heard in it: every sample is exactly 0.
    pub fn is_silent(&self) -> bool {
        self.mixes.engine.level(self.output).1
    }

    /// The greatest magnitude.
    pub fn peak(&self) -> f32 {
        self.mixes.engine.level(self.output).0.peak
    }

    /// The RMS, of both channels together.
    pub fn rms(&self) -> f32 {
        self.mixes.engine.level(self.output).0.rms()
    }

    /// The limiter's least gain in this tick: 0 dB or less. Both channels are limited by the same gain.
    pub fn reduction(&self) -> Decibels {
        Decibels::from_amplitude(f64::from(self.mixes.engine.level(self.output).0.gain))
    }
}
