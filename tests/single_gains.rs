//! A change of one pair touches one entry of the listener's configuration, however many the configuration lists.

mod alloc;

use alloc::{alone, watch};
use mixminus::{
    Channels, Controller, Gain, JoinOptions, MixerConfig, Pan, Processor,
    config::{ParticipantMixerLevel, SourceLevel},
};

/// A stereo mixer in which the listener "0" lists all others, and "2" lists "1" as well: a source that nobody lists any
/// more is published anew.
fn room(participants: usize) -> (Controller, Processor) {
    let config = MixerConfig { channels: Channels::Stereo, participants, ..MixerConfig::default() };
    let (controller, processor) = config.build().unwrap();
    for id in 0..participants {
        controller.join(id.to_string(), JoinOptions::default()).unwrap();
    }
    let mut listener = ParticipantMixerLevel::new("0");
    listener.source_levels = (1..participants).map(|id| SourceLevel::new(id.to_string())).collect();
    let mut other = ParticipantMixerLevel::new("2");
    other.source_levels.push(SourceLevel::new("1"));
    controller.configure(&[listener, other]).unwrap();
    (controller, processor)
}

#[test]
fn a_change_of_a_listed_pair_allocates_nothing() {
    let _alone = alone();
    for participants in [3, 300] {
        let (controller, _processor) = room(participants);
        let gain = |factor| Gain::new(factor).unwrap();
        let (done, _) = controller.change(|changes| {
            // The first change of a listener is noted for publication, which allocates.
            changes.set_gain("0", "1", gain(0.5))?;
            let before = watch(true);
            let done = changes
                .set_gain("0", "2", gain(0.25))
                .and_then(|()| changes.set_pan("0", "2", Pan::LEFT))
                .and_then(|()| changes.clear_gain("0", "1"));
            let after = watch(false);
            assert_eq!(after.0, before.0, "allocated with {participants} participants");
            assert_eq!(after.1, before.1, "freed with {participants} participants");
            done
        });
        done.unwrap();
        let sources = controller.configuration("0").unwrap().sources;
        assert_eq!(sources.len(), participants - 2);
        let changed = sources.iter().find(|entry| entry.source.as_str() == "2").unwrap();
        assert_eq!((changed.gain, changed.pan), (gain(0.25), Pan::LEFT));
    }
}

#[test]
fn listing_one_more_source_allocates_at_most_its_entry_and_its_note() {
    let _alone = alone();
    let allocations = [3, 300].map(|participants| {
        let (controller, _processor) = room(participants);
        let (count, _) = controller.change(|changes| {
            changes.clear_gain("0", "1").unwrap();
            changes.set_gain("0", "2", Gain::SILENCE).unwrap();
            let before = watch(true).0;
            // The list of entries may have to grow, and so may the source's list of listeners.
            changes.set_gain("0", "1", Gain::SILENCE).unwrap();
            watch(false).0 - before
        });
        count
    });
    assert!(allocations.iter().all(|count| *count <= 2), "{allocations:?}");
}
