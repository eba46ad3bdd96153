//! One tick on several threads: [`Prepared`] hands out its [`Part`]s.

use std::marker::PhantomData;

use super::{Mixes, Processor, render::Task};

/// A tick of which only the sums are still to be made: the mixes with their limiters and meters, which is most of the work of a large room.
///
/// They are cut into as many [`Part`]s as the mixer has [`workers`](crate::MixerConfig::workers), of about the same work. Each is made once, on any thread, and
/// gives the same samples on any. If it is dropped instead of finished, the tick is not heard, but its frames are counted. What nobody has made [`finish`](Self::finish) makes.
///
/// ```
/// # use mixminus::{Frame, JoinOptions, MixerConfig};
/// let (controller, mut processor) = MixerConfig { workers: 2, ..MixerConfig::default() }.build()?;
/// let anna = controller.join("anna", JoinOptions::default())?;
/// let ben = controller.join("ben", JoinOptions::default())?;
///
/// let mut audio = processor.enter();
/// let mut tick = audio.tick();
/// tick.send(anna, Frame::from(&[0.25_f32; 480][..]))?;
/// tick.send(ben, Frame::from(&[0.5_f32; 480][..]))?;
/// let mut prepared = tick.prepare();
/// // A host keeps its threads; these are made for the example.
/// std::thread::scope(|scope| {
///     for part in prepared.parts() {
///         scope.spawn(move || part.mix());
///     }
/// });
/// let mixes = prepared.finish();
/// assert_eq!(mixes.get(anna).map(|mix| mix.samples()[479]), Some(0.5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "a tick takes place when it is finished"]
pub struct Prepared<'a> {
    processor: &'a mut Processor,
    not_send: PhantomData<*const ()>,
}

impl<'a> Prepared<'a> {
    pub(super) fn new(processor: &'a mut Processor) -> Self {
        Self { processor, not_send: PhantomData }
    }

    /// The parts that are still to be made; fewer than there are workers if there is little to do. Real time.
    pub fn parts(&mut self) -> impl Iterator<Item = Part<'_>> {
        self.processor.tasks().map(Part)
    }

    /// Ends the tick, after making what nobody has made. Real time.
    pub fn finish(self) -> Mixes<'a> {
        self.processor.finish()
    }

    /// Has rayon's threads, those of the pool that this runs in, make the parts, and ends the tick. The bits are those of [`finish`](Self::finish). Call
    /// it on one of the pool's own threads (`pool.install`): on another, rayon allocates now and then to hand the work over. Its threads sleep, are woken by the system, and
    /// take turns with their other work: its worst case is rayon's, not the mixer's.
    #[cfg(feature = "rayon")]
    pub fn finish_with_rayon(mut self) -> Mixes<'a> {
        share_out(&mut self.parts());
        self.finish()
    }
}

#[cfg(feature = "rayon")]
fn share_out<'p>(parts: &mut (impl Iterator<Item = Part<'p>> + Send)) {
    if let Some(part) = parts.next() {
        rayon::join(|| part.mix(), || share_out(parts));
    }
}

/// A part of a tick's sums, which nobody else has. It may go to any thread.
///
/// ```
/// fn needs_send<T: Send>() {}
/// needs_send::<mixminus::Part<'static>>();
/// ```
#[derive(Debug)]
#[must_use = "a part is made by mixing it"]
pub struct Part<'a>(Task<'a>);

impl Part<'_> {
    /// Makes the mixes of this part. Real time.
    pub fn mix(self) {
        self.0.work();
    }
}
