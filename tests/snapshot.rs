//! A snapshot says of every participant what the single readings say, in JSON too.

mod rig;

use mixminus::{Decibels, Direction};
use rig::{Rig, small};
use serde_json::json;

#[test]
fn a_snapshot_has_everybody_in_the_order_of_their_keys() {
    let mut rig = Rig::with(small(), &["cleo", "anna"]);
    rig.join("ben", Direction::Listener);
    rig.mute("anna", true);
    rig.deafen("cleo", true);
    rig.level(&[("cleo", 0.5), ("anna", 0.25)]);
    let snapshot = rig.controller.snapshot();
    let here: Vec<_> =
        snapshot.participants.iter().map(|p| (p.id.as_str(), p.direction, p.muted, p.deafened)).collect();
    let both = Direction::Both;
    assert_eq!(
        here,
        [("cleo", both, false, true), ("anna", both, true, false), ("ben", Direction::Listener, false, false)]
    );
    for participant in &snapshot.participants {
        let readings = rig.controller.readings(participant.id.as_str()).unwrap();
        assert_eq!((participant.source, participant.listener), (readings.source, readings.listener));
        assert_eq!(participant.key, rig.keys[participant.id.as_str()]);
    }
    assert_eq!(snapshot.mixer, rig.controller.mixer_readings());
    assert_eq!((snapshot.published, snapshot.mixed), (rig.controller.published(), rig.controller.mixed()));
}

#[test]
fn a_snapshot_tells_what_is_not_mixed_yet() {
    let rig = Rig::with(small(), &["anna"]);
    rig.mute("anna", true);
    let snapshot = rig.controller.snapshot();
    assert_eq!((snapshot.published.number(), snapshot.mixed.number()), (2, 1));
}

#[test]
fn as_json_it_is_in_camel_case() {
    let mut rig = Rig::with(small(), &["anna"]);
    rig.level(&[("anna", 0.5)]);
    let json = serde_json::to_value(rig.controller.snapshot()).unwrap();
    assert_eq!(json["mixer"]["ticks"], 2);
    assert_eq!((&json["published"], &json["mixed"]), (&json!(1), &json!(1)));
    let anna = &json["participants"][0];
    assert_eq!((&anna["id"], &anna["index"], &anna["direction"]), (&json!("anna"), &json!(0), &json!("both")));
    assert_eq!((&anna["source"]["peak"], &anna["source"]["activeTicks"]), (&json!(0.5), &json!(1)));
    assert_eq!((&anna["listener"]["reduction"], &anna["listener"]["limitedTicks"]), (&json!(0.0), &json!(0)));
}

#[test]
fn silence_has_no_number_of_decibels() {
    let levels = [Decibels::SILENCE, Decibels(-20.0), Decibels(f64::NAN)];
    assert_eq!(serde_json::to_string(&levels).unwrap(), "[null,-20.0,null]");
}
