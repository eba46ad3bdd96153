//! A stream that follows a clock by slips, in parts of any length: [`Slipping`].

use super::{
    planes::{Buffer, fold},
    slip::{Direction, Slip},
};
use crate::data::channels::{Channels, Planes};

const AROUND: usize = Slip::AROUND;
/// The greatest drift that is followed: slips take 72 % of the time then.
const MOST_PPM: f64 = 3000.0;

/// Gives a stream on with one sample more or fewer now and then, all others bit for bit.
///
/// A slip reads some samples ahead, and nobody knows when the next one is due: so all samples are
/// late by as many, [`DELAY`](Self::DELAY), always. Silence slips without a filter.
#[derive(Debug)]
pub(crate) struct Slipping {
    slip: Slip,
    /// The samples that came last, twice [`AROUND`] of them, and then those of this part. Those in
    /// the middle of the former are given next.
    held: Buffer,
    /// How many samples came in this part.
    came: usize,
    made: Buffer,
    ppm: f64,
    /// How many samples are to be given more than came; below 0, fewer.
    due: f64,
    /// The slip that has begun, and how many samples it has given.
    under_way: Option<(Direction, usize)>,
}

impl Slipping {
    /// In samples.
    pub const DELAY: usize = AROUND;

    /// `most`: the samples of the longest part. Control side: allocates.
    pub fn new(channels: Channels, most: usize) -> Self {
        Self {
            slip: Slip::new(),
            held: Buffer::new(channels, 2 * AROUND + most),
            came: 0,
            made: Buffer::new(channels, most + most / Slip::LENGTH + 4),
            ppm: 0.0,
            due: 0.0,
            under_way: None,
        }
    }

    /// Gives this many more samples from now on: -3000 to 3000 ppm. Real time.
    pub fn give_more(&mut self, ppm: f64) {
        if ppm.is_finite() {
            self.ppm = ppm.clamp(-MOST_PPM, MOST_PPM);
        }
    }

    /// Takes a part of the stream and gives about as many samples. Real time.
    pub fn convert(&mut self, from: Planes<'_>) -> Planes<'_> {
        self.held.move_to_front(self.came..self.came + 2 * AROUND);
        self.came = from.left.len().min(self.held.frames() - 2 * AROUND);
        self.held.put(2 * AROUND, from);
        self.due += 1e-6 * self.ppm * self.came as f64;
        let (mut at, mut given, end) = (AROUND, 0, AROUND + self.came);
        if !self.is_to_slip() {
            return self.held.part(at..end);
        }
        while at < end {
            self.begin();
            (at, given) = match self.under_way {
                Some((direction, passed)) => self.pass(direction, passed, (at, given), end),
                None => self.copy((at, given), end),
            };
        }
        self.made.part(0..given)
    }

    fn is_to_slip(&self) -> bool {
        self.under_way.is_some() || self.due.abs() >= 1.0
    }

    /// Begins a slip if one is due and none is under way.
    fn begin(&mut self) {
        if self.under_way.is_none() && self.due.abs() >= 1.0 {
            let direction = if self.due > 0.0 { Direction::Longer } else { Direction::Shorter };
            self.due -= self.due.signum();
            // Of silence the last sample of a slip does as well as all of them.
            let passed = if self.held.is_silent(0..2 * AROUND + self.came) { Slip::LENGTH - 1 } else { 0 };
            self.under_way = Some((direction, passed));
        }
    }

    /// Goes on with a slip, up to its end or that of the part. Returns what comes next, and how many
    /// samples are given then.
    fn pass(&mut self, direction: Direction, passed: usize, (at, given): (usize, usize), end: usize) -> (usize, usize) {
        if passed == Slip::LENGTH {
            // A slip that shortens ends before a sample that it has used up.
            self.under_way = None;
            return (at + 1, given);
        }
        let count = (Slip::LENGTH - passed).min(end - at);
        let from = self.held.part(at - AROUND..at + count + AROUND);
        let to = self.made.part_mut(given..given + count);
        self.slip.part(direction, passed, from.left, to.left);
        if let (Some(from), Some(to)) = (from.right, to.right) {
            self.slip.part(direction, passed, from, to);
        }
        let longer = direction == Direction::Longer && passed + count == Slip::LENGTH;
        self.under_way = (!longer).then_some((direction, passed + count));
        // What a longer slip read last is still to come as it is.
        (at + count - usize::from(longer), given + count)
    }

    /// Copies the rest of the part.
    fn copy(&mut self, (at, given): (usize, usize), end: usize) -> (usize, usize) {
        let given_then = given + end - at;
        fold(self.held.part(at..end), self.made.part_mut(given..given_then));
        (end, given_then)
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    /// What is given for `sound`, in parts of these lengths in turn.
    fn hear(slipping: &mut Slipping, sound: &[f32], parts: &[usize]) -> Vec<f32> {
        let (mut heard, mut rest) = (Vec::new(), sound);
        for part in parts.iter().cycle() {
            let (part, after) = rest.split_at((*part).min(rest.len()));
            heard.extend_from_slice(slipping.convert(Planes { left: part, right: None }).left);
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        heard
    }

    fn tone(samples: usize) -> Vec<f32> {
        (0..samples).map(|at| (0.5 * (TAU * 0.0213 * at as f64 + 0.5).sin()) as f32).collect()
    }

    fn new() -> Slipping {
        Slipping::new(Channels::Mono, 6000)
    }

    /// The greatest bend of a tone over three samples: a step bends by its height.
    fn bend(heard: &[f32]) -> f32 {
        heard.windows(3).map(|three| (three[0] - 2.0 * three[1] + three[2]).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn what_is_not_corrected_passes_bit_for_bit_and_a_little_later() {
        let sound = tone(3000);
        for parts in [&[1][..], &[480], &[0, 7, 23, 700]] {
            let heard = hear(&mut new(), &sound, parts);
            assert_eq!(heard.len(), sound.len());
            assert_eq!(heard[AROUND..], sound[..3000 - AROUND]);
        }
    }

    #[test]
    fn as_many_are_given_as_are_due_and_nothing_steps() {
        let sound = tone(48_000);
        for ppm in [-3000.0, -300.0, 50.0, 3000.0, 1e9] {
            for parts in [&[1][..], &[80], &[480], &[5760], &[7, 241, 960]] {
                let mut slipping = new();
                slipping.give_more(ppm);
                slipping.give_more(f64::NAN);
                let heard = hear(&mut slipping, &sound, parts);
                let more = heard.len() as f64 - 48_000.0;
                let due = 0.048 * ppm.min(MOST_PPM);
                assert!((more - due).abs() < 2.0, "{more} more at {ppm} ppm in {parts:?}");
                let (own, heard) = (bend(&sound), bend(&heard[2 * AROUND..]));
                assert!(heard < 1.02 * own, "{heard} beside {own} at {ppm} ppm in {parts:?}");
            }
        }
    }

    #[test]
    fn parts_do_not_matter_and_both_sides_slip_alike() {
        let sound = tone(4000);
        let slips = |parts: &[usize]| {
            let mut slipping = new();
            slipping.due = 2.0;
            hear(&mut slipping, &sound, parts)
        };
        let whole = slips(&[4000]);
        assert_eq!(whole.len(), 4002);
        [1, 100, 239, 240, 241].iter().for_each(|part| assert_eq!(slips(&[*part]), whole, "in parts of {part}"));
        let mut slipping = Slipping::new(Channels::Stereo, 4000);
        slipping.due = 2.0;
        let both = slipping.convert(Planes { left: &sound, right: Some(&sound) });
        assert_eq!((both.left, both.right), (&whole[..], Some(&whole[..])));
    }

    #[test]
    fn outside_of_slips_samples_are_as_they_were() {
        let sound = tone(4000);
        for (due, taken) in [(1.0, Slip::LENGTH - 1), (-1.0, Slip::LENGTH + 1)] {
            let mut slipping = new();
            slipping.due = due;
            let heard = hear(&mut slipping, &sound, &[480]);
            assert_eq!(heard[Slip::LENGTH..], sound[taken - AROUND..4000 - AROUND]);
        }
    }

    #[test]
    fn silence_slips_at_once() {
        for (due, given) in [(3.0, 103), (-3.0, 97)] {
            let mut slipping = new();
            slipping.due = due;
            assert_eq!(hear(&mut slipping, &[0.0; 100], &[100]), vec![0.0; given]);
            assert_eq!(slipping.under_way, None);
        }
    }
}
