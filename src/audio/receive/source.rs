//! One source: what it sent, whether it is present and active, and the tail that it leaves.

use super::{frames::Taken, quiet::Quiet, tail::Tail};
#[cfg(feature = "cluster")]
use crate::data::sharing::{Shared, Sharing};
use crate::{
    audio::published::Slot,
    data::{
        class::{Class, ClassChange},
        connection::Told,
        detector::Detecting,
        fade::Fade,
        frame::Frame,
        id::ParticipantKey,
        loudness::{Loudness, SourceMeasures},
        speech_judge::SpeechJudge,
        timing::Clock,
    },
    dsp::{SignalBuffer, Tile},
};

/// A slot's sending side. A slot without a participant is a source that sends nothing.
#[derive(Debug, Default)]
pub(crate) struct Source {
    /// Whose slot it is.
    pub key: ParticipantKey,
    pub standing: Standing,
    pub sends: bool,
    pub muted: bool,
    #[cfg(feature = "cluster")]
    pub sharing: Sharing,
    /// The sample before its first tick.
    pub joined: u64,
    /// The last change of its class, and the one before.
    change: ClassChange,
    earlier: ClassChange,
    /// present(s): the factor that its gains in all mixes share; and what it was before this tick.
    presence: Fade,
    before: Fade,
    /// The beginning of the tick for which it was steered last.
    steered: Option<u64>,
    input: Option<Input>,
    /// Frames of ticks that begin before this sample are passed over: what was heard before fades out.
    cut_until: u64,
    /// Whether it is in the mixes of this tick: present or on its way, and not silent.
    pub audible: bool,
    pub readings: SourceMeasures,
    quiet: Quiet,
    detecting: Option<Detecting>,
    /// What decides for its detector, if samples do.
    pub judge: Option<Box<dyn SpeechJudge>>,
    tail: Tail,
    missing: bool,
    pub tapped: Tapped,
    /// Whether its signal has the samples of a frame of the tick that was planned last.
    has_samples: bool,
}

/// Whether somebody has the slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Standing {
    #[default]
    Vacant,
    Here,
    /// Left, and fades out.
    Leaving,
}

/// Whether a source has taps: then its frames are read whether they are heard or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum Tapped {
    #[default]
    No,
    /// All of them have silence while it is muted.
    Unmuted,
    EvenMuted,
}

/// A good frame.
#[derive(Debug, Clone, Copy)]
struct Input {
    /// The mean square that decides: measured, or told.
    square: f64,
    /// The word of the host, or of what hears the samples.
    active: bool,
    /// Whether its channels cancel each other out in the mean that a mono mixer takes.
    anti_phase: bool,
    /// Whether it is muted where it comes from.
    muted: bool,
    /// Its samples; `None` if a connection has told of it and it is not read.
    taken: Option<Taken>,
}

impl Input {
    /// What its meter shows. Of a frame that is not read its peak is at least its RMS.
    fn loudness(&self) -> Loudness {
        let least = Loudness { peak: self.square.sqrt() as f32, square: self.square };
        self.taken.map_or(least, |taken| taken.loudness)
    }
}

impl Source {
    /// A new participant takes the slot.
    pub fn admit(&mut self, slot: &Slot, clock: &Clock<'_>) {
        *self = Self {
            key: slot.key,
            standing: Standing::Here,
            sends: slot.direction.sends(),
            joined: clock.now,
            change: ClassChange { former: None, class: slot.class, began: clock.now },
            earlier: ClassChange { former: None, class: slot.class, began: clock.now },
            detecting: Some(slot.detecting),
            ..Self::default()
        };
    }

    /// The last change of its class.
    #[inline]
    pub fn change(&self) -> ClassChange {
        self.change
    }

    /// The last change of its class before this tick boundary.
    pub fn change_before(&self, clock: &Clock<'_>) -> ClassChange {
        if self.change.began == clock.now { self.earlier } else { self.change }
    }

    pub fn set_class(&mut self, class: Class, clock: &Clock<'_>) {
        if class == self.change.class {
            return;
        }
        let joins = self.change.former.is_none() && self.change.began == clock.now;
        let before = self.change_before(clock);
        let former = (!joins).then_some(before.class);
        (self.earlier, self.change) = (before, ClassChange { former, class, began: clock.now });
    }

    /// The participant leaves; what it sent fades out.
    pub fn leave(&mut self) {
        (self.standing, self.input) = (Standing::Leaving, None);
    }

    /// What it sends now does not go on from what it sent before. What is heard of that fades out first, as if frames
    /// were missing.
    pub fn cut(&mut self, clock: &Clock<'_>) {
        if clock.begun && self.presence.is_over_0(clock) {
            self.cut_until = clock.now + u64::from(clock.timing.smoothing);
        }
    }

    /// Whether nothing of a participant who left is to be heard any more.
    pub fn is_gone(&self, clock: &Clock<'_>) -> bool {
        self.standing == Standing::Leaving && self.presence.target() == 0.0 && !self.moves(clock)
    }

    /// Whether it has a frame for the tick in hand.
    pub fn has_frame(&self) -> bool {
        self.input.is_some()
    }

    /// Takes the frame of the tick in hand, whose samples are in their buffers. What was told of it decides instead
    /// of what was measured.
    #[inline]
    pub fn take(&mut self, taken: Taken, frame: &Frame<'_>, active: bool) {
        self.input = Some(Input {
            square: frame.told.unwrap_or(taken.loudness.square),
            active,
            anti_phase: taken.anti_phase,
            muted: frame.muted,
            taken: Some(taken),
        });
    }

    /// Has a frame in the tick in hand that its connection can make.
    pub fn tell(&mut self, told: Told) {
        let Told { mean_square: square, active, anti_phase } = told;
        self.input = Some(Input { square, active, anti_phase, muted: false, taken: None });
    }

    /// What was told of its frame, if that is not read.
    fn unread(&self) -> Option<Told> {
        let unread = self.input.filter(|input| input.taken.is_none())?;
        Some(Told { mean_square: unread.square, active: unread.active, anti_phase: unread.anti_phase })
    }

    /// Forgets the frame of the tick in hand.
    pub fn forget_frame(&mut self) {
        self.input = None;
    }

    /// The mean square of its frame.
    pub fn square(&self) -> f64 {
        self.input.map_or(0.0, |input| input.square)
    }

    /// Whether it is quiet and whether it is active, by what is known of its frame; and whether it could be heard in
    /// this tick if it is not quiet.
    #[inline]
    pub fn listen(&mut self, floor: f64, clock: &Clock<'_>) -> bool {
        self.input = self.input.filter(|_| clock.now >= self.cut_until);
        if let Some(input) = self.input {
            self.quiet.hear(input.square, floor, clock);
        }
        self.readings.quiet = self.input.is_some() && self.quiet.is_quiet(clock);
        let present = self.input.is_some_and(|input| !input.muted) && !self.muted && self.standing == Standing::Here;
        let seen = self.input.map(|input| (input.square, input.active));
        let says_active = self.detecting.as_mut().is_some_and(|detecting| detecting.tick(seen));
        self.readings.active = says_active && present;
        self.readings.active_ticks += u64::from(self.readings.active);
        present
    }

    /// Fades it in or out, as it is `chosen` to be heard in this tick or not.
    #[inline]
    pub fn fade(&mut self, chosen: bool, clock: &Clock<'_>) {
        // A tick that was planned at the same time was dropped, and did not steer anything.
        match self.steered.replace(clock.now) {
            Some(steered) if steered == clock.now => self.presence = self.before,
            _ => self.before = self.presence,
        }
        self.presence.steer(if chosen { 1.0 } else { 0.0 }, clock);
    }

    /// What its connection told of a frame that is to be read: some of it is heard in this tick, or a tap has it.
    #[inline]
    pub fn needs(&self, clock: &Clock<'_>) -> Option<Told> {
        let unread = self.unread()?;
        let tapped = match self.tapped {
            Tapped::No => false,
            Tapped::Unmuted => !self.muted && !self.readings.quiet,
            Tapped::EvenMuted => !self.readings.quiet,
        };
        Some(unread).filter(|_| tapped || self.presence.is_over_0(clock))
    }

    /// Whether a tap has its samples in the tick that was planned last: it has sent some, and does not count as silent.
    pub fn gives(&self, even_muted: bool) -> bool {
        self.has_samples && !self.readings.quiet && (even_muted || !self.muted)
    }

    /// Counts the frame, or its absence, once it is read, if it is. Whether the source is in the mixes of this tick.
    #[inline]
    pub fn settle(&mut self, clock: &Clock<'_>) -> bool {
        self.has_samples = self.input.is_some_and(|input| input.taken.is_some());
        let taken = self.input.map(|input| input.taken.unwrap_or_default());
        self.tail.note(taken.map(|taken| taken.last), clock.now);
        match self.input {
            Some(input) => self.count_frame(input.loudness()),
            None => self.count_missing(),
        }
        self.readings.anti_phase_ticks += u64::from(self.input.is_some_and(|input| input.anti_phase));
        let peak = taken.map_or_else(|| self.tail.peak(), |taken| taken.loudness.peak);
        self.audible = self.presence.is_over_0(clock) && peak > 0.0;
        self.audible
    }

    /// Makes its signals at `raw` in each buffer: without a frame that is its tail, the last sample held. While its
    /// presence moves, the same times presence goes to `faded`. Whether it did.
    pub fn sound(&self, buffers: &mut [SignalBuffer], raw: usize, faded: usize, clock: &Clock<'_>) -> bool {
        let (samples, moves) = (clock.timing.tick, self.moves(clock));
        for (buffer, last) in buffers.iter_mut().zip(&self.tail.heard) {
            if self.input.is_none() {
                Tile::flat_mut(buffer.signal_mut(raw))[..samples].fill(*last);
            }
            if moves {
                let value = |at: usize| self.presence.value(clock.now + at as u64 + 1, clock.timing);
                // In f64, so that it is rounded once.
                buffer.copy(raw, faded, samples, |sample, at| (f64::from(sample) * value(at)) as f32);
            }
        }
        moves
    }

    /// Whether its presence moves.
    #[inline]
    pub fn moves(&self, clock: &Clock<'_>) -> bool {
        self.presence.moving(clock.now, clock.timing)
    }

    /// Whether its presence has another target than before this tick.
    pub fn has_turned(&self) -> bool {
        self.presence != self.before
    }

    /// The mean square that decides whether it is active; 0 if none does.
    pub fn threshold(&self) -> f64 {
        self.detecting.as_ref().map_or(0.0, Detecting::threshold)
    }

    /// What the meters have to show: nothing yet, of one who has never sent anything.
    pub fn measures(&self) -> Option<&SourceMeasures> {
        (self.readings != SourceMeasures::default()).then_some(&self.readings)
    }

    /// Whether another tick without a frame changes nothing but the count of those.
    pub fn is_idle(&self, clock: &Clock<'_>) -> bool {
        let rests = self.detecting.as_ref().is_none_or(Detecting::rests);
        let gone = !self.has_turned() && self.presence.target() == 0.0 && !self.moves(clock);
        gone && !self.audible && !self.readings.active && self.missing && self.input.is_none() && rests
    }

    /// Whether another tick without a good frame counts. Of a source at another node nothing comes where nothing is to be heard.
    pub fn counts_missing(&self) -> bool {
        #[cfg(feature = "cluster")]
        if self.sharing == Sharing::Elsewhere {
            return false;
        }
        self.standing == Standing::Here && self.readings.frames > 0
    }

    /// What the other nodes get of it in the tick that was planned last; `None` if without it they hear the same, now and
    /// later: it has no frame, or it is quiet, and neither heard nor active.
    #[cfg(feature = "cluster")]
    pub fn shared(&self, wanted: bool, clock: &Clock<'_>) -> Option<Shared> {
        let goes = match self.sharing {
            Sharing::Here => self.change.class != Class::APART,
            Sharing::Wanted => true,
            Sharing::Elsewhere => false,
        };
        let here = goes && self.sends && self.standing == Standing::Here;
        let SourceMeasures { active, quiet, loudness, .. } = self.readings;
        let heard = self.presence.is_over_0(clock);
        (here && !self.missing && (heard || active || !quiet)).then_some(Shared {
            active,
            muted: self.muted,
            mean_square: loudness.square,
            wanted,
            audible: heard && self.has_samples && loudness.peak > 0.0,
        })
    }

    /// So many ticks have passed without a frame.
    pub fn miss_more(&mut self, ticks: u64) {
        if self.counts_missing() {
            self.readings.missing += ticks;
        }
    }

    #[inline]
    fn count_frame(&mut self, loudness: Loudness) {
        self.readings.loudness = loudness;
        if self.missing && self.readings.frames > 0 {
            self.readings.returns += 1;
        }
        self.missing = false;
        self.readings.frames += 1;
    }

    fn count_missing(&mut self) {
        self.missing = true;
        self.readings.loudness = Loudness::default();
        self.miss_more(1);
    }
}
