//! Making taps: the controller's methods for them.

use super::{
    conversion::Conversion,
    options::{TapError, TapOptions, Tapped},
    reader::Tap,
};
use crate::{
    control::{Changes, Controller},
    data::{direction::Direction, ports::StreamFormat},
    link::tap::{TapClock, TapInlet, tap_ring},
    stream::convert::Buffer,
};
use std::sync::Arc;

impl Controller {
    /// Taps what a participant sends or hears, from the next tick on, for a thread that reads. Any number of taps may be
    /// of one participant. Allocates what the tap needs for its life.
    ///
    /// To have one begin with the first tick of a participant, make both in one change: see [`Changes::tap`].
    ///
    /// ```
    /// use mixminus::{Frame, JoinOptions, MixerConfig, stream::{StreamFormat, TapContent, TapOptions, Tapped}};
    /// let (controller, mut processor) = MixerConfig::default().build()?;
    /// let anna = controller.join("anna", JoinOptions::default())?;
    /// let mut recording = controller.tap(Tapped::source("anna"), TapOptions::default())?;
    /// let recogniser = controller.tap(Tapped::source("anna"), TapOptions::new(StreamFormat::mono(16_000)))?;
    ///
    /// let mut audio = processor.enter(); // the audio thread
    /// let mut tick = audio.tick();
    /// tick.send(anna, Frame::mono(&[0.25_f32; 480]))?;
    /// tick.mix();
    /// audio.tick().mix();
    ///
    /// let mut samples = [0.0_f32; 960]; // another thread
    /// let sound = recording.read(&mut samples).expect("two ticks were mixed");
    /// assert_eq!((sound.position, sound.frames, sound.content), (0, 480, TapContent::Sound));
    /// assert_eq!(samples[..480], [0.25; 480]);
    /// let silence = recording.read(&mut samples).expect("she sent nothing in the second tick");
    /// assert_eq!((silence.position, silence.frames, silence.content), (480, 480, TapContent::Silence));
    /// assert!(recording.read(&mut samples).is_none() && recogniser.format().rate_hz == 16_000);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`TapError`]: there is no tap.
    pub fn tap(&self, tapped: Tapped, options: TapOptions) -> Result<Tap, TapError> {
        // Resamplers take a millisecond to make: before the controllers' lock is taken.
        let made = make(tapped, options, self.format(), self.tap_clock());
        self.change(|changes| changes.add_made(made)).0
    }
}

impl Changes<'_> {
    /// Taps a participant: see [`Controller::tap`]. If it joined in the same change, the tap has its first tick.
    ///
    /// ```
    /// # use mixminus::{JoinOptions, MixerConfig, stream::{TapOptions, Tapped}};
    /// # let (controller, _processor) = MixerConfig::default().build()?;
    /// let (tap, _) = controller.change(|changes| {
    ///     changes.join("anna", JoinOptions::default())?;
    ///     changes.tap(Tapped::source("anna"), TapOptions::default())
    /// });
    /// # tap?; Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`TapError`]: there is no tap.
    pub fn tap(&mut self, tapped: Tapped, options: TapOptions) -> Result<Tap, TapError> {
        let made = make(tapped, options, self.format(), self.tap_clock());
        self.add_made(made)
    }

    fn add_made(&mut self, made: Result<(Tap, TapInlet, TapOptions), TapError>) -> Result<Tap, TapError> {
        let added = made.and_then(|(tap, inlet, options)| {
            let tapped = tap.tapped();
            check_direction(tapped, self.direction(tapped.id().as_str())?)?;
            self.add_tap(tapped.id(), tapped.point(&options), inlet);
            Ok(tap)
        });
        added.inspect_err(|error| self.note_refused("tap", error))
    }
}

/// Makes the two ends of a tap. Allocates.
fn make(
    tapped: Tapped,
    options: TapOptions,
    (mixer, tick): (StreamFormat, usize),
    clock: Arc<TapClock>,
) -> Result<(Tap, TapInlet, TapOptions), TapError> {
    let ticks = options.ticks(mixer.rate_hz, tick)?;
    let conversion = Conversion::new(mixer, options.format.unwrap_or(mixer), tick)?;
    let (inlet, outlet) = tap_ring(ticks, tick, mixer.channels.count(), &clock);
    outlet.set_paused(options.paused);
    Ok((Tap::new(tapped, outlet, conversion, Buffer::new(mixer.channels, tick)), inlet, options))
}

/// Whether a participant of this direction has what is to be tapped.
fn check_direction(tapped: &Tapped, direction: Direction) -> Result<(), TapError> {
    let id = tapped.id().clone();
    match tapped {
        Tapped::Source(_) if !direction.sends() => {
            Err(TapError::Direction { id, direction: "a listener", what: "sound of its own" })
        }
        Tapped::Mix { .. } if !direction.hears() => Err(TapError::Direction { id, direction: "a source", what: "mix" }),
        _ => Ok(()),
    }
}
