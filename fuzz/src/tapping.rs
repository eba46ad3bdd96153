//! Taps, held against the model of the tests.

use crate::{
    steps::Steps,
    taps::model::{Call, Step},
};

/// So many steps are taken at most.
const MOST_STEPS: usize = 1500;

/// Joins, leaves, mutes, skips, pauses and reads: every sample of a tap is where its model has it, and all memory comes back.
pub fn tapping(input: &[u8]) {
    let (mut steps, mut call) = (Steps::new(input), Call::new());
    let mut count = 0;
    while let Some(step) = steps.next().filter(|_| count < MOST_STEPS) {
        count += 1;
        call.take(match step {
            b'x' => Step::Skip(1 + steps.number(3) as u8),
            b'j' => Step::Join(steps.number(3)),
            b'l' => Step::Leave(steps.number(3)),
            b'm' => Step::Mute(steps.number(3), steps.flag()),
            b't' => Step::Tap { who: steps.number(3), even_muted: steps.flag() },
            b'd' => Step::Drop(steps.number(4)),
            b'p' => Step::Pause(steps.number(4), steps.flag()),
            b'r' => Step::Read { tap: steps.number(4), frames: 1 + steps.number(100) },
            _ => Step::Tick([(); 3].map(|()| match steps.number(6) {
                0 | 5 => None,
                level => Some(level as u8),
            })),
        });
    }
    call.finish();
}
