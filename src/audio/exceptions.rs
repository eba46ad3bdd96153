//! Mixes in which most sources have the same gain: told by the sources that have another one.

use super::{
    plan::Sum,
    program::{Program, Programs},
    resting::{Gain, Resting},
    segments::Segments,
};

/// A source that has not the gain of the rest.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Exception {
    pub position: u32,
    pub gain: Gain,
}

impl Resting<'_> {
    /// The runs of segments between the exceptions, what is left of their segments, and the exceptions.
    pub(super) fn by_segments(
        &self,
        programs: &mut Programs,
        segments: &mut Segments,
        exceptions: &mut Vec<Exception>,
    ) -> Sum {
        let Some(rest) = self.write_exceptions(exceptions) else { return Sum::Dense };
        if let ([Exception { position, gain: Gain::NOTHING }], false) = (&exceptions[..], rest.ducked)
            && rest.value != 0.0
        {
            return Sum::Others { position: *position, gain: rest.value };
        }
        let mut program = programs.begin();
        let fits = [false, true].into_iter().all(|ducked| {
            let fits = rest.ducked != ducked
                || rest.value == 0.0
                || add_rest(&mut program, programs, segments, exceptions, rest, self.heard.signals);
            let mut same = exceptions.iter().filter(|exception| exception.gain.ducked == ducked);
            let signal = |exception: &Exception| self.heard.signals[exception.position as usize];
            fits && same.all(|exception| programs.add(&mut program, signal(exception), exception.gain.value, ducked))
        });
        let (open, ducked) = programs.of(program);
        // A signal of a sparse row costs about as much as two gains of a product of rows; one of a few, no more than one.
        if fits && (program.is_made_with_few() || 2 * (open.len() + ducked.len()) <= self.heard.audible.len()) {
            return if program.is_nothing() { Sum::Silent } else { Sum::Program(program) };
        }
        programs.forget(program);
        Sum::Dense
    }

    /// Lists the exceptions, and tells the gain of the rest: that which most sources have, so that it depends on the gains alone. `None` if no gain
    /// is that of more than half of them.
    fn write_exceptions(&self, exceptions: &mut Vec<Exception>) -> Option<Gain> {
        exceptions.clear();
        let mut list = |position: usize, gain| {
            if gain != self.rest && exceptions.len() < exceptions.capacity() {
                exceptions.push(Exception { position: position as u32, gain });
            }
        };
        self.exceptions(&mut list);
        let audible = self.heard.audible.len();
        if 2 * exceptions.len() < audible {
            return Some(self.rest);
        }
        let most = majority(exceptions.iter().map(|exception| exception.gain), self.rest, audible)?;
        if most != self.rest {
            exceptions.clear();
            let mut next = 0;
            let fill = |exceptions: &mut Vec<Exception>, range: std::ops::Range<usize>| {
                let rest = range.filter(|_| self.rest != most);
                exceptions.extend(rest.map(|position| Exception { position: position as u32, gain: self.rest }));
            };
            self.exceptions(|position, gain| {
                fill(exceptions, next..position);
                next = position + 1;
                if gain != most {
                    exceptions.push(Exception { position: position as u32, gain });
                }
            });
            fill(exceptions, next..audible);
        }
        Some(most)
    }
}

/// The gain that more than half of the sources have: the vote of Boyer and Moore. Those without an exception have that of the rest.
fn majority(exceptions: impl Iterator<Item = Gain> + Clone, rest: Gain, audible: usize) -> Option<Gain> {
    let unlisted = audible - exceptions.clone().count();
    let (mut candidate, mut votes) = (rest, unlisted);
    for gain in exceptions.clone() {
        match (gain == candidate, votes) {
            (true, _) => votes += 1,
            (false, 0) => (candidate, votes) = (gain, 1),
            (false, _) => votes -= 1,
        }
    }
    let agree = exceptions.filter(|gain| *gain == candidate).count() + if candidate == rest { unlisted } else { 0 };
    (2 * agree > audible).then_some(candidate)
}

/// Adds all sources but the exceptions, at the gain of the rest. Whether there was room.
fn add_rest(
    program: &mut Program,
    programs: &mut Programs,
    segments: &mut Segments,
    exceptions: &[Exception],
    rest: Gain,
    signals: &[u32],
) -> bool {
    let mut fits = true;
    let mut add = |signal| fits &= programs.add(program, signal, rest.value, rest.ducked);
    let mut next = 0;
    for left_out in exceptions.chunk_by(|a, b| segment(a) == segment(b)) {
        let here = segment(&left_out[0]);
        segments.run(next, here, &mut add);
        next = here + 1;
        let members = segments.members(here);
        if let ([alone], true) = (left_out, members.len() > 1) {
            add(segments.others(alone.position as usize));
        } else {
            let is_left_out = |position: &usize| left_out.iter().any(|e| e.position as usize == *position);
            for first in members.clone().step_by(2) {
                let two = first..(first + 2).min(members.end);
                if two.len() == 2 && !two.clone().any(|position| is_left_out(&position)) {
                    add(segments.two(first));
                } else {
                    two.filter(|position| !is_left_out(position)).for_each(|position| add(signals[position]));
                }
            }
        }
    }
    segments.run(next, segments.count(), &mut add);
    program.derived = true;
    fits
}

fn segment(exception: &Exception) -> usize {
    Segments::segment(exception.position as usize)
}
