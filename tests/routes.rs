//! Who may be heard by whom: by default, by roles, by private groups, on hold; and who is exempt from ducking.

mod rig;

use mixminus::{
    ControlError, Direction, Gain, JoinOptions, ParticipantKey, PrivateGroup, RoleTable, Routing, config::Ducking,
};
use rig::{Rig, small};

const DUCKING: Ducking = Ducking { ramp_active: 0, ramp_inactive: 0, lower_level: 10, upper_level: 100 };

/// What each of these hears on the last sample of a tick in which everybody sends its own power of two.
fn heard(rig: &mut Rig, ids: &[&'static str], listeners: &[&str]) -> Vec<f32> {
    let levels: Vec<_> = ids.iter().enumerate().map(|(n, id)| (*id, 0.5_f32.powi(n as i32 + 1))).collect();
    let mixes = rig.level(&levels);
    listeners.iter().map(|listener| mixes[listener][9]).collect()
}

fn routed(rig: &mut Rig, id: &'static str, routing: Routing) -> ParticipantKey {
    let key = rig.controller.join(id, JoinOptions { routing, ..JoinOptions::default() }).expect("not here yet");
    rig.keys.insert(id, key);
    key
}

fn call_centre() -> RoleTable {
    RoleTable::new()
        .hears("customer", ["agent"])
        .hears("agent", ["customer", "supervisor"])
        .hears("supervisor", ["customer", "agent"])
}

const PEOPLE: [(&str, &str); 3] = [("anna", "customer"), ("ben", "agent"), ("cleo", "supervisor")];

fn with_roles() -> Rig {
    let mut rig = Rig::new(small());
    rig.controller.set_role_table(call_centre());
    for (id, role) in PEOPLE {
        routed(&mut rig, id, Routing::Role(role.into()));
    }
    heard(&mut rig, &["anna", "ben", "cleo"], &[]);
    rig
}

#[test]
fn a_whisper_is_heard_by_the_agent_alone() {
    let mut rig = with_roles();
    let ids = ["anna", "ben", "cleo"];
    assert_eq!(heard(&mut rig, &ids, &ids), [0.25, 0.5 + 0.125, 0.75]);
    // Whatever the customer asks for.
    rig.configure("anna", false, Some(DUCKING), &[("cleo", 100, true)]);
    heard(&mut rig, &ids, &[]);
    assert_eq!(heard(&mut rig, &ids, &["anna"]), [0.25], "no voice, and it ducks nobody");
    rig.set_gain("anna", "cleo", Gain::UNITY);
    assert_eq!(heard(&mut rig, &ids, &["anna"]), [0.25]);
}

#[test]
fn who_joins_later_has_the_routes_of_its_role_from_its_first_tick() {
    let mut rig = with_roles();
    routed(&mut rig, "dora", Routing::Role("customer".into()));
    let ids = ["anna", "ben", "cleo", "dora"];
    let levels: Vec<_> = ids.iter().map(|id| (*id, 0.5)).collect();
    for tick in 0..3 {
        let mixes = rig.level(&levels);
        // The others are at rest, and she fades in: only the agent reaches her.
        assert_eq!((mixes["dora"][9], mixes["anna"][9]), (0.5, 0.5), "tick {tick}");
        assert!(mixes["cleo"].iter().all(|sample| *sample >= 1.0));
    }
}

#[test]
fn a_role_that_the_table_does_not_name_hears_nobody_and_is_heard_by_nobody() {
    let mut rig = with_roles();
    routed(&mut rig, "spy", Routing::Role("listener".into()));
    let ids = ["anna", "ben", "cleo", "spy"];
    heard(&mut rig, &ids, &[]);
    assert_eq!(heard(&mut rig, &ids, &["anna", "spy"]), [0.25, 0.0]);
    rig.controller.set_role_table(call_centre().hears("listener", ["customer"]));
    heard(&mut rig, &ids, &[]);
    assert_eq!(heard(&mut rig, &ids, &["anna", "spy"]), [0.25, 0.5]);
    rig.controller.set_role_table(RoleTable::new());
    heard(&mut rig, &ids, &[]);
    assert_eq!(heard(&mut rig, &ids, &ids), [0.0; 4]);
}

#[test]
fn roles_levels_mutes_and_joins_change_at_one_tick_boundary() {
    let mut rig = with_roles();
    let (key, _) = rig.controller.change(|changes| {
        changes.set_routing("cleo", Routing::Role("agent".into()))?; // barges in
        changes.set_muted("ben", true)?;
        changes.set_gain("anna", "cleo", Gain::new(0.5).expect("in range"))?;
        changes.join("dora", JoinOptions { routing: Routing::Role("customer".into()), ..JoinOptions::default() })
    });
    rig.keys.insert("dora", key.expect("not here yet"));
    let ids = ["anna", "ben", "cleo", "dora"];
    let mixes = rig.level(&ids.map(|id| (id, 1.0)));
    // Ben fades out and she fades in, for 10 samples each: half of her for anna.
    let expected: Vec<f32> = (1..=10).map(|k| 1.0 - k as f32 / 10.0 + 0.5 * k as f32 / 10.0).collect();
    assert!(mixes["anna"].iter().zip(&expected).all(|(mix, expected)| (mix - expected).abs() < 1e-6));
    assert_eq!(mixes["dora"][9], 1.0);
}

#[test]
fn a_change_of_role_fades_like_any_gain_and_turns_around_from_where_it_is() {
    let mut rig = with_roles();
    let send = [("anna", 0.0), ("ben", 0.0), ("cleo", 1.0)];
    rig.controller.set_routing("cleo", Routing::Role("agent".into())).expect("is here");
    let up = rig.level(&send)["anna"].clone();
    let ramp: Vec<f32> = (1..=10).map(|k| k as f32 / 10.0).collect();
    assert!(up.iter().zip(&ramp).all(|(mix, ramp)| (mix - ramp).abs() < 1e-6), "{up:?}");
    rig.controller.set_routing("cleo", Routing::Apart).expect("is here");
    let down = rig.level(&send)["anna"].clone();
    assert!(down.iter().zip(&ramp).all(|(mix, ramp)| (mix - (1.0 - ramp)).abs() < 1e-6), "{down:?}");
    assert_eq!(rig.level(&send)["anna"], [0.0; 10]);
}

#[test]
fn a_private_group_is_heard_whatever_the_default_group_says() {
    let mut rig = Rig::with(small(), &["anna", "ben"]);
    routed(&mut rig, "coach", Routing::Apart);
    let ids = ["anna", "ben", "coach"];
    heard(&mut rig, &ids, &[]);
    assert_eq!(heard(&mut rig, &ids, &ids), [0.25, 0.5, 0.0]);
    rig.controller
        .change(|changes| {
            changes.set_private_group("whisper", PrivateGroup::new(["coach"], ["ben"]))?;
            changes.set_private_group("listen", PrivateGroup::new(["anna", "ben"], ["coach"]))
        })
        .0
        .expect("they are here");
    heard(&mut rig, &ids, &[]);
    assert_eq!(heard(&mut rig, &ids, &ids), [0.25, 0.625, 0.75]);
    // Exclusive mode is a level: the route is there, and the level is 0.
    rig.configure("ben", true, None, &[("anna", 100, false)]);
    heard(&mut rig, &ids, &[]);
    assert_eq!(heard(&mut rig, &ids, &["ben"]), [0.5]);
    rig.controller.remove_private_group("listen").expect("it is there");
    heard(&mut rig, &ids, &[]);
    assert_eq!(heard(&mut rig, &ids, &["coach"]), [0.0]);
}

#[test]
fn groups_forget_who_leaves_and_refuse_who_is_not_here() {
    let rig = Rig::with(small(), &["anna", "ben"]);
    let group = PrivateGroup::new(["anna"], ["ben", "zoe"]);
    let refused = rig.controller.set_private_group("g", group.clone());
    assert_eq!(refused, Err(ControlError::Unknown { id: "zoe".into() }));
    assert_eq!(rig.controller.private_group("g"), Err(ControlError::UnknownGroup { group: "g".into() }));
    rig.controller.join("zoe", JoinOptions::default()).expect("not here yet");
    rig.controller.set_private_group("g", group).expect("all are here");
    rig.controller.leave("ben").expect("is here");
    assert_eq!(rig.controller.private_group("g"), Ok(PrivateGroup::new(["anna"], ["zoe"])));
    rig.controller.join("ben", JoinOptions::default()).expect("not here any more");
    assert_eq!(rig.controller.private_groups(), [("g".into(), PrivateGroup::new(["anna"], ["zoe"]))]);
}

#[test]
fn one_on_hold_hears_its_music_alone_and_is_heard_by_nobody() {
    let mut rig = Rig::with(small(), &["anna", "ben"]);
    routed(&mut rig, "music", Routing::Apart);
    rig.configure("anna", true, Some(DUCKING), &[("ben", 50, true)]);
    rig.set_gain("ben", "anna", Gain::new(0.5).expect("in range"));
    let ids = ["anna", "ben", "music"];
    heard(&mut rig, &ids, &[]);
    let before = heard(&mut rig, &ids, &ids);
    assert_eq!(before, [0.125, 0.25, 0.0]);
    let configured = rig.controller.configuration("anna");
    rig.controller.hold("anna", &["music"]).expect("they are here");
    heard(&mut rig, &ids, &[]);
    assert_eq!(heard(&mut rig, &ids, &ids), [0.125, 0.0, 0.0]);
    assert!(rig.controller.snapshot().participants[0].on_hold);
    // What is configured meanwhile is in force once it returns.
    rig.set_gain("anna", "ben", Gain::UNITY);
    heard(&mut rig, &ids, &[]);
    assert_eq!(heard(&mut rig, &ids, &["anna"]), [0.125]);
    rig.set_gain("anna", "ben", Gain::new(0.5).expect("in range"));
    rig.controller.resume("anna").expect("on hold");
    heard(&mut rig, &ids, &[]);
    heard(&mut rig, &ids, &[]);
    assert_eq!(heard(&mut rig, &ids, &ids), before);
    assert_eq!(rig.controller.configuration("anna"), configured);
    assert_eq!(rig.controller.resume("anna"), Err(ControlError::NotOnHold { id: "anna".into() }));
    assert_eq!(rig.controller.hold("anna", &["anna"]), Err(ControlError::OwnVoice { id: "anna".into() }));
}

#[test]
fn a_ducker_on_hold_ducks_nobody() {
    let mut rig = Rig::with(small(), &["anna", "ben", "carl"]);
    rig.configure("anna", false, Some(DUCKING), &[("ben", 100, true)]);
    let ids = ["anna", "ben", "carl"];
    (0..3).for_each(|_| drop(heard(&mut rig, &ids, &[])));
    assert!((heard(&mut rig, &ids, &["anna"])[0] - (0.25 + 0.0125)).abs() < 1e-6);
    rig.controller.hold("ben", &[]).expect("is here");
    (0..3).for_each(|_| drop(heard(&mut rig, &ids, &[])));
    assert_eq!(heard(&mut rig, &ids, &["anna"]), [0.125]);
}

#[test]
fn an_exempt_source_is_not_ducked_and_does_not_duck() {
    let mut rig = Rig::with(small(), &["anna", "interpreter", "speaker", "other"]);
    let ids = ["anna", "interpreter", "speaker", "other"];
    rig.configure("anna", false, Some(DUCKING), &[("interpreter", 100, true)]);
    rig.controller.set_exempt("anna", "other", true).expect("they are here");
    (0..3).for_each(|_| drop(heard(&mut rig, &ids, &[])));
    let only_the_speaker_is_ducked = 0.25 + 0.1 * 0.125 + 0.0625;
    assert!((heard(&mut rig, &ids, &["anna"])[0] - only_the_speaker_is_ducked).abs() < 1e-6);
    // It stays when the listener is configured, as a pan does; and ends when that is said.
    rig.configure("anna", false, Some(DUCKING), &[("interpreter", 50, true)]);
    assert!(rig.controller.configuration("anna").expect("is here").sources[1].exempt);
    rig.controller.set_exempt("anna", "other", false).expect("they are here");
    assert_eq!(rig.controller.configuration("anna").expect("is here").sources.len(), 1);
}

#[test]
fn a_route_that_is_asked_for_takes_no_seat_of_the_loudest() {
    let mut rig = Rig::new(mixminus::MixerConfig { loudest: Some(1), ..small() });
    ["anna", "ben"].iter().for_each(|id| rig.join(id, Direction::Both));
    routed(&mut rig, "coach", Routing::Apart);
    rig.controller.set_private_group("whisper", PrivateGroup::new(["coach"], ["ben"])).expect("they are here");
    let send = [("anna", 0.5), ("ben", 0.001), ("coach", 0.125)];
    (0..60).for_each(|_| drop(rig.level(&send)));
    let mixes = rig.level(&send);
    assert_eq!((mixes["ben"][9], mixes["coach"][9]), (0.625, 0.0));
}

#[test]
fn equal_mixes_stay_shared() {
    let mut rig = Rig::new(small());
    rig.controller.set_role_table(RoleTable::new().hears("audience", ["panel"]).hears("panel", ["panel"]));
    let names: Vec<String> = (0..40).map(|n| format!("p{n}")).collect();
    let mut keys = Vec::new();
    for (n, name) in names.iter().enumerate() {
        let role = if n < 3 { "panel" } else { "audience" };
        let options = JoinOptions { routing: Routing::Role(role.into()), ..JoinOptions::default() };
        keys.push(rig.controller.join(name.as_str(), options).expect("not here yet"));
    }
    for _ in 0..3 {
        let mut audio = rig.processor.enter();
        let mut tick = audio.tick();
        keys.iter().for_each(|key| tick.send(*key, mixminus::Frame::from(&[0.25_f32; 10][..])).expect("a good frame"));
        tick.mix();
    }
    // Everybody sends: the audience is one mix, and each of the panel has its own.
    assert_eq!(rig.controller.mixer_readings().distinct_mixes, 4);
}

/// Moves of 50 samples in ticks of 10.
fn slow() -> Rig {
    Rig::new(mixminus::MixerConfig { smoothing_ms: 50.0, ..small() })
}

#[test]
fn who_has_left_is_not_heard_by_those_whose_routes_change_while_it_fades_out() {
    let mut rig = slow();
    routed(&mut rig, "leaver", Routing::Role("a".into()));
    routed(&mut rig, "listener", Routing::Role("b".into()));
    (0..10).for_each(|_| drop(rig.level(&[("leaver", 0.5)])));
    // The number of its role may go to another one that the listener hears.
    let (left, _) = rig.controller.change(|changes| {
        changes.set_role_table(RoleTable::new().hears("b", ["c", "a"]));
        changes.leave("leaver")
    });
    left.expect("is here");
    rig.keys.remove("leaver");
    for _ in 0..10 {
        assert_eq!(rig.level(&[])["listener"], [0.0; 10]);
    }
}

#[test]
fn two_changes_of_one_who_joins_before_its_first_tick_has_ended() {
    let mut rig = slow();
    rig.controller.set_role_table(RoleTable::new().hears("b", ["a"]).hears("d", ["e"]));
    let source = routed(&mut rig, "source", Routing::Role("a".into()));
    (0..10).for_each(|_| drop(rig.level(&[("source", 0.5)])));
    let listener = routed(&mut rig, "listener", Routing::Role("b".into()));
    let mut audio = rig.processor.enter();
    let mut hear = |between: &dyn Fn()| {
        let mut tick = audio.tick();
        between();
        tick.send(source, mixminus::Frame::from(&[0.5_f32; 10][..])).expect("a good frame");
        tick.mix().get(listener).expect("hears").samples().to_vec()
    };
    hear(&|| {
        rig.controller.set_routing("listener", Routing::Apart).expect("is here");
        rig.controller.set_routing("listener", Routing::Role("d".into())).expect("is here");
    });
    let heard: Vec<f32> = (0..6).flat_map(|_| hear(&|| ())).collect();
    // It falls by a hundredth a sample.
    assert!(heard.windows(2).all(|pair| (pair[0] - pair[1]).abs() < 0.011), "{heard:?}");
    assert_eq!(heard[50..], [0.0; 10]);
}

#[test]
fn who_goes_apart_on_the_way_back_from_a_level_of_its_own_is_heard_no_more() {
    let mut rig = slow();
    rig.join("listener", Direction::Both);
    rig.join("source", Direction::Both);
    rig.configure("listener", false, None, &[("source", 0, false)]);
    (0..10).for_each(|_| drop(rig.level(&[("source", 0.5)])));
    // No row of the listener names it any more, and none is published where it goes apart.
    rig.configure("listener", false, None, &[]);
    (0..2).for_each(|_| drop(rig.level(&[("source", 0.5)])));
    rig.controller.set_routing("source", Routing::Apart).expect("is here");
    let heard: Vec<f32> = (0..6).flat_map(|_| rig.level(&[("source", 0.5)])["listener"].clone()).collect();
    assert!(heard.windows(2).all(|pair| (0.0..0.011).contains(&(pair[0] - pair[1]))), "{heard:?}");
    assert_eq!(heard[50..], [0.0; 10]);
}

#[test]
fn two_changes_of_role_at_once_are_one() {
    let mut rig = slow();
    rig.join("listener", Direction::Both);
    rig.join("source", Direction::Both);
    (0..10).for_each(|_| drop(rig.level(&[("source", 0.5)])));
    let (done, _) = rig.controller.change(|changes| {
        changes.set_routing("source", Routing::Role("q".into()))?;
        changes.set_routing("source", Routing::Apart)
    });
    done.expect("is here");
    let mut heard = rig.level(&[("source", 0.5)])["listener"].clone();
    rig.configure("listener", true, None, &[]);
    (0..6).for_each(|_| heard.extend(&rig.level(&[("source", 0.5)])["listener"]));
    assert!(heard.windows(2).all(|pair| (pair[0] - pair[1]).abs() < 0.011), "{heard:?}");
}

#[test]
fn one_who_changes_role_is_a_slot_published_and_no_row_for_each_listener() {
    let mut rig = Rig::new(small());
    for n in 0..500 {
        rig.controller.join(n.to_string(), JoinOptions::default()).expect("not here yet");
    }
    (0..10).for_each(|_| drop(rig.level(&[])));
    assert_eq!(rig.controller.reclaim(), 0);
    rig.controller.set_routing("7", Routing::Apart).expect("is here");
    // A matrix, and the row of what it hears itself.
    let published = rig.controller.reclaim();
    assert!((1..=3).contains(&published), "{published} pieces of memory went to the audio side");
}
