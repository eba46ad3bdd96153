//! Random joins, leaves, mutes, skipped ticks, pauses and reads beside a model that writes the whole timeline down.
#![cfg(feature = "stream")]

mod taps;

use proptest::prelude::*;
use taps::model::{Call, Step};

fn step() -> impl Strategy<Value = Step> {
    let levels = prop::array::uniform3(prop::option::of(1..=4_u8));
    prop_oneof![
        12 => levels.prop_map(Step::Tick),
        1 => (1..4_u8).prop_map(Step::Skip),
        2 => (0..3_usize).prop_map(Step::Join),
        2 => (0..3_usize).prop_map(Step::Leave),
        2 => (0..3_usize, any::<bool>()).prop_map(|(who, muted)| Step::Mute(who, muted)),
        2 => (0..3_usize, any::<bool>()).prop_map(|(who, even_muted)| Step::Tap { who, even_muted }),
        1 => (0..4_usize).prop_map(Step::Drop),
        2 => (0..4_usize, any::<bool>()).prop_map(|(tap, paused)| Step::Pause(tap, paused)),
        6 => (0..4_usize, 1..100_usize).prop_map(|(tap, frames)| Step::Read { tap, frames }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn every_sample_is_where_the_model_has_it(steps in prop::collection::vec(step(), 1..120)) {
        let mut call = Call::new();
        steps.into_iter().for_each(|step| call.take(step));
        call.finish();
    }
}
