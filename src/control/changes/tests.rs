//! In any order of changes: a source's notes of its listeners match the listeners' configurations.

use proptest::prelude::{Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};

use crate::{
    Channels, Controller, Gain, JoinOptions, MixerConfig, Pan, PrivateGroup,
    config::{Ducking, ParticipantMixerLevel, SourceLevel},
};

const IDS: [&str; 4] = ["anna", "ben", "carol", "dave"];

#[derive(Debug, Clone)]
enum Step {
    Gain(&'static str, &'static str, f64),
    Pan(&'static str, &'static str, f32),
    Clear(&'static str, &'static str),
    Configure(&'static str, Vec<(&'static str, i64, bool)>),
    Group(&'static str, Vec<&'static str>, Vec<&'static str>),
    Ungroup(&'static str),
    Hold(&'static str, Vec<&'static str>),
    Resume(&'static str),
    Leave(&'static str),
    Join(&'static str),
}

fn step() -> impl Strategy<Value = Step> {
    let id = || prop::sample::select(&IDS[..]);
    let source = (id(), prop_oneof![0..=0i64, 1..=100i64], any::<bool>());
    let some = || prop::collection::vec(id(), 0..4);
    prop_oneof![
        (id(), id(), prop_oneof![0.0..=0.0, 0.1..2.0]).prop_map(|(l, s, gain)| Step::Gain(l, s, gain)),
        (id(), id(), -1.0f32..=1.0).prop_map(|(l, s, pan)| Step::Pan(l, s, pan)),
        (id(), id()).prop_map(|(l, s)| Step::Clear(l, s)),
        (id(), prop::collection::vec(source, 0..4)).prop_map(|(l, sources)| Step::Configure(l, sources)),
        (id(), some(), some()).prop_map(|(group, sources, receivers)| Step::Group(group, sources, receivers)),
        id().prop_map(Step::Ungroup),
        (id(), some()).prop_map(|(id, music)| Step::Hold(id, music)),
        id().prop_map(Step::Resume),
        id().prop_map(Step::Leave),
        id().prop_map(Step::Join),
    ]
}

/// Makes a change, which may be refused.
fn make(controller: &Controller, step: Step) {
    match step {
        Step::Gain(l, s, gain) => drop(controller.set_gain(l, s, Gain::new(gain).unwrap())),
        Step::Pan(l, s, pan) => drop(controller.set_pan(l, s, Pan::new(pan).unwrap())),
        Step::Clear(l, s) => drop(controller.clear_gain(l, s)),
        Step::Group(group, sources, receivers) => {
            drop(controller.set_private_group(group, PrivateGroup::new(sources, receivers)));
        }
        Step::Ungroup(group) => drop(controller.remove_private_group(group)),
        Step::Hold(id, music) => drop(controller.hold(id, &music)),
        Step::Resume(id) => drop(controller.resume(id)),
        Step::Leave(id) => drop(controller.leave(id)),
        Step::Join(id) => drop(controller.join(id, JoinOptions::default())),
        Step::Configure(listener, sources) => {
            let ducking = Some(Ducking { ramp_active: 0, ramp_inactive: 0, lower_level: 0, upper_level: 0 });
            let source = |(id, level, duck_others)| SourceLevel { level, duck_others, ..SourceLevel::new(id) };
            let source_levels = sources.into_iter().map(source).collect();
            let level = ParticipantMixerLevel { ducking, source_levels, ..ParticipantMixerLevel::new(listener) };
            drop(controller.configure(&[level]));
        }
    }
}

proptest! {
    #[test]
    fn what_a_source_notes_of_its_listeners_is_what_they_list(steps in prop::collection::vec(step(), 1..40)) {
        let config = MixerConfig { channels: Channels::Stereo, ..MixerConfig::default() };
        let (controller, _processor) = config.build().unwrap();
        for id in IDS {
            controller.join(id, JoinOptions::default()).unwrap();
        }
        for step in steps {
            make(&controller, step);
            let registry = controller.registry();
            for (id, source) in registry.members() {
                let listeners = registry.members().map(|(_, listener)| (listener, listener.config.get(id)));
                let listed = listeners.filter_map(|(listener, entry)| Some((listener.slot.key.slot, entry?)));
                let mut listed: Vec<_> = listed.collect();
                listed.sort_unstable_by_key(|(slot, _)| *slot);
                let slots: Vec<_> = listed.iter().map(|(slot, _)| *slot).collect();
                prop_assert_eq!(&source.listed_by, &slots);
                let music = registry.members().filter_map(|(_, held)| held.music.as_ref());
                let music = music.filter(|music| music.contains(id)).count();
                let pairs = registry.groups().flat_map(|(_, group)| group.pairs());
                let granted = pairs.filter(|(_, source)| *source == id).count();
                let wanted = listed.iter().filter(|(_, entry)| entry.is_wanted()).count() + music + granted;
                prop_assert_eq!((source.wanted_by as usize, source.slot.wanted), (wanted, wanted > 0));
            }
        }
    }
}
