//! Players, held against the model of the tests.

use mixminus::stream::Repeat;

use crate::{
    players::both::{Both, Step},
    steps::Steps,
};

/// So many ticks of a player are mixed at most.
const MOST_TICKS: usize = 3000;
/// Calls that wait: a few more are refused, and the model refuses none.
const MOST_CALLS: usize = 60;

/// Asks a player for anything at any time: it plays and tells what its model does.
pub fn playing(input: &[u8]) {
    let mut steps = Steps::new(input);
    let mut both = Both::new(steps.one_of(&[10, 1, 7, 60, 33]), steps.one_of(&[10, 0, 25, 1]));
    let mut ticks = 0;
    while let Some(step) = steps.next() {
        let step = match step {
            b'a' => Step::Append(1 + steps.number(200)),
            b'm' => Step::Mark,
            b'p' => Step::Play(1 + steps.number(200), steps.number(100)),
            b'f' => Step::Flush(steps.number(100)),
            b's' => Step::Pause,
            b'r' => Step::Resume,
            b'o' => Step::Repeat(steps.one_of(&[Repeat::Off, Repeat::Clip, Repeat::Queue])),
            b'l' => Step::Level(steps.number(5) as u32),
            _ => Step::Ticks(1 + steps.number(64)),
        };
        let step = if both.waiting() < MOST_CALLS { step } else { Step::Ticks(1) };
        if let Step::Ticks(more) = step {
            ticks += more;
            if ticks > MOST_TICKS {
                return;
            }
        }
        both.take(step);
    }
    both.take(Step::Ticks(3));
}
