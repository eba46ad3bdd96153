//! What the samples of a stream are taken from at a moment: [`Voice`], the crossfade from one to the next, and a sample
//! that is slipped. Nothing here allocates but the constructors.

use super::{
    concealment::Concealment,
    convert::{Buffer, Slip},
    coverage::Span,
    store::Store,
};
use crate::data::channels::{Channels, PlanesMut};

/// What the samples are taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    /// Nothing is heard.
    Silence,
    /// The packets, as they are.
    Store,
    /// The packets, a sample more or less.
    Slip,
    /// What goes on from what was heard last.
    Concealment,
}

/// The way from one voice to another.
#[derive(Debug)]
pub(crate) struct Fade {
    from: Voice,
    /// Where the old voice goes on, if it is the store.
    position: u64,
    done: usize,
    length: usize,
}

/// The longest piece that is faded at once.
const PIECE: usize = 64;

impl Fade {
    pub fn new(from: Voice, position: u64, length: usize) -> Self {
        Self { from, position, done: 0, length }
    }

    /// How many samples are left.
    pub fn left(&self) -> usize {
        self.length - self.done
    }

    /// Mixes the old voice into the frames `from..to` of `out`, which hold the new one.
    pub fn mix(
        &mut self,
        store: &Store,
        concealment: &mut Concealment,
        out: &mut PlanesMut<'_>,
        from: usize,
        to: usize,
    ) {
        let mut at = from;
        while at < to {
            let run = (to - at).min(PIECE);
            let (mut left, mut right) = ([0.0; PIECE], [0.0; PIECE]);
            let mut old = PlanesMut { left: &mut left, right: out.right.is_some().then_some(&mut right[..]) };
            match self.from {
                Voice::Concealment => concealment.go_on(&mut old, 0, run),
                _ => store.read(self.position, &mut old, 0, run),
            }
            self.cross(&left[..run], &mut out.left[at..at + run]);
            if let Some(plane) = &mut out.right {
                self.cross(&right[..run], &mut plane[at..at + run]);
            }
            (self.position, self.done, at) = (self.position + run as u64, self.done + run, at + run);
        }
    }

    fn cross(&self, old: &[f32], new: &mut [f32]) {
        let step = (self.length as f32 + 1.0).recip();
        for ((new, old), at) in new.iter_mut().zip(old).zip(self.done + 1..) {
            *new = old + (*new - old) * (at as f32 * step);
        }
    }
}

/// Samples that were slipped, and are played.
#[derive(Debug)]
pub(crate) struct Slipped {
    slip: Slip,
    taken: Vec<f32>,
    made: Buffer,
    at: usize,
    /// The flag and the level that the sender told of them.
    active: bool,
    level: Option<u8>,
}

impl Slipped {
    pub fn new(channels: Channels) -> Self {
        let taken = vec![0.0; Slip::LENGTH + 1 + 2 * Slip::AROUND];
        let made = Buffer::new(channels, Slip::LENGTH);
        Self { slip: Slip::new(), taken, made, at: Slip::LENGTH, active: false, level: None }
    }

    /// Makes the samples from `position` on, which are of this span, one more or one less of them.
    pub fn make(&mut self, store: &Store, position: u64, span: Span, shorten: bool) {
        let taken = if shorten { Slip::LENGTH + 1 } else { Slip::LENGTH - 1 } + 2 * Slip::AROUND;
        let made = self.made.part_mut(0..Slip::LENGTH);
        for (channel, plane) in [Some(made.left), made.right].into_iter().flatten().enumerate() {
            store.copy(channel, position - Slip::AROUND as u64, &mut self.taken[..taken]);
            if shorten {
                self.slip.shorten(&self.taken[..taken], plane);
            } else {
                self.slip.lengthen(&self.taken[..taken], plane);
            }
        }
        (self.at, self.active, self.level) = (0, span.active, span.level);
    }

    /// Whether they came with the activity flag, and the level that the sender told.
    pub fn told(&self) -> (bool, Option<u8>) {
        (self.active, self.level)
    }

    /// How many are left.
    pub fn left(&self) -> usize {
        Slip::LENGTH - self.at
    }

    /// Writes what is left, up to the frames `from..to` of `out`, and returns how many.
    pub fn give(&mut self, out: &mut PlanesMut<'_>, from: usize, to: usize) -> usize {
        let run = (to - from).min(self.left());
        let made = self.made.part(self.at..self.at + run);
        out.left[from..from + run].copy_from_slice(made.left);
        if let Some(right) = &mut out.right {
            right[from..from + run].copy_from_slice(made.right.unwrap_or(made.left));
        }
        self.at += run;
        run
    }

    pub fn is_over(&self) -> bool {
        self.left() == 0
    }
}
