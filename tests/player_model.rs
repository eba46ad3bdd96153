//! Any calls at any time: a player plays and tells what a naive model of its docs does, whatever the tick.
#![cfg(feature = "stream")]

mod players;

use mixminus::stream::Repeat;
use players::both::{Both, Step};
use proptest::prelude::*;

fn step() -> impl Strategy<Value = Step> {
    let repeat = prop_oneof![Just(Repeat::Off), Just(Repeat::Clip), Just(Repeat::Queue)];
    prop_oneof![
        4 => (1..70_usize).prop_map(Step::Append),
        2 => Just(Step::Mark),
        2 => (1..70_usize, 0..50_usize).prop_map(|(samples, fade)| Step::Play(samples, fade)),
        1 => (0..50_usize).prop_map(Step::Flush),
        1 => Just(Step::Pause),
        2 => Just(Step::Resume),
        1 => repeat.prop_map(Step::Repeat),
        1 => (0..4_u32).prop_map(Step::Level),
        8 => (1..9_usize).prop_map(Step::Ticks),
        1 => (20..60_usize).prop_map(Step::Ticks),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_player_does_what_its_docs_say(
        tick in prop_oneof![Just(1_usize), Just(7), Just(10), Just(60)],
        smoothing in prop_oneof![Just(0_usize), Just(10), Just(25)],
        steps in proptest::collection::vec(step(), 1..80),
    ) {
        let mut both = Both::new(tick, smoothing);
        for step in steps {
            both.take(step);
        }
        both.take(Step::Ticks(3));
    }
}
