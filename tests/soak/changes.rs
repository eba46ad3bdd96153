//! What happens in the conference, by chance: joins and leaves, requests, mutes, routes, groups, holds.

use mixminus::{
    Controller, Detector, Direction, Gain, JoinOptions, PrivateGroup, RoleTable, Routing,
    config::{Ducking, ParticipantMixerLevel, SourceLevel},
};

use super::{
    conference::{HANDSETS, RESIDENTS},
    random::Random,
};

const ROLES: [&str; 3] = ["a", "b", "c"];
const GUESTS: usize = 4;

/// One of those who are always here.
fn resident(random: &mut Random) -> String {
    format!("resident {}", random.under(RESIDENTS))
}

/// One of those whose mixes and levels change.
fn anybody(random: &mut Random) -> String {
    if random.once_in(4) { HANDSETS[random.under(HANDSETS.len())].id.to_owned() } else { resident(random) }
}

/// One change.
pub fn change(controller: &Controller, random: &mut Random) {
    match random.under(12) {
        0..=2 => configure(controller, random),
        3 => guest(controller, random),
        4 => _ = controller.set_muted(&anybody(random), random.once_in(2)).unwrap(),
        5 => _ = controller.set_deafened(&anybody(random), random.once_in(3)).unwrap(),
        6 => route(controller, random),
        7 => group(controller, random),
        8 => {
            let (who, music) = (anybody(random), resident(random));
            if who != music {
                controller.hold(&who, &[&music]).unwrap();
            }
        }
        9 => _ = controller.resume(&anybody(random)),
        10 => gain(controller, random),
        _ => _ = controller.set_loudest((!random.once_in(2)).then_some(1 + random.under(8))).unwrap(),
    }
}

fn configure(controller: &Controller, random: &mut Random) {
    let listener = anybody(random);
    let mut sources: Vec<_> = (0..random.under(5)).map(|_| anybody(random)).filter(|id| *id != listener).collect();
    sources.sort();
    sources.dedup();
    let level = |id: String| SourceLevel {
        level: random.under(101) as i64,
        duck_others: random.once_in(3),
        ..SourceLevel::new(id)
    };
    let source_levels = sources.into_iter().map(level).collect();
    let (ramp_active, ramp_inactive) = (10 + random.under(300) as i64, 10 + random.under(900) as i64);
    let (lower_level, upper_level) = (random.under(40) as i64, 60 + random.under(41) as i64);
    let request = ParticipantMixerLevel {
        exclusive: random.once_in(5),
        ducking: Some(Ducking { ramp_active, ramp_inactive, lower_level, upper_level }),
        source_levels,
        ..ParticipantMixerLevel::new(listener)
    };
    controller.configure(&[request]).unwrap();
}

fn guest(controller: &Controller, random: &mut Random) {
    let id = format!("guest {}", random.under(GUESTS));
    if controller.is_here(&id) {
        controller.leave(&id).unwrap();
    } else {
        let direction = [Direction::Both, Direction::Source, Direction::Listener][random.under(3)];
        controller.join(id, JoinOptions { direction, detector: Detector::Host, ..JoinOptions::default() }).unwrap();
    }
}

fn route(controller: &Controller, random: &mut Random) {
    let routing = match random.under(4) {
        0 | 1 => Routing::DefaultGroup,
        2 => Routing::Apart,
        _ => Routing::Role(ROLES[random.under(3)].into()),
    };
    controller.set_routing(&anybody(random), routing).unwrap();
    if random.once_in(3) {
        let pair = (ROLES[random.under(3)], ROLES[random.under(3)]);
        controller.set_role_table(RoleTable::new().hears(pair.0, [pair.1]).hears("a", ["c"]));
    }
}

fn group(controller: &Controller, random: &mut Random) {
    let id = ["x", "y"][random.under(2)];
    if random.once_in(2) {
        let _ = controller.remove_private_group(id);
    } else {
        let members = PrivateGroup::new([resident(random)], [anybody(random), resident(random)]);
        controller.set_private_group(id, members).unwrap();
    }
}

fn gain(controller: &Controller, random: &mut Random) {
    let (listener, source) = (anybody(random), anybody(random));
    if listener != source {
        let gain = Gain::from_percent(random.under(120) as f64).unwrap();
        controller.set_gain(&listener, &source, gain).unwrap();
        controller.set_exempt(&listener, &source, random.once_in(2)).unwrap();
    }
}

/// Everybody is as at the beginning: guests have left, nobody is on hold, all hear all.
pub fn come_to_rest(controller: &Controller) {
    controller.set_loudest(None).unwrap();
    controller.set_role_table(RoleTable::new());
    for (id, _) in controller.private_groups() {
        controller.remove_private_group(id.as_str()).unwrap();
    }
    for person in controller.participants() {
        let id = person.id.as_str();
        if id.starts_with("guest") {
            controller.leave(id).unwrap();
            continue;
        }
        if person.on_hold {
            controller.resume(id).unwrap();
        }
        controller.set_muted(id, false).unwrap();
        controller.set_deafened(id, false).unwrap();
        controller.set_routing(id, Routing::DefaultGroup).unwrap();
        for source in controller.configuration(id).unwrap().sources {
            controller.set_exempt(id, source.source.as_str(), false).unwrap();
        }
        if person.direction != Direction::Source {
            controller.configure(&[ParticipantMixerLevel::new(id)]).unwrap();
        }
    }
}
