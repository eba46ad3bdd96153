//! Where no route leads, nothing arrives: not one sample, whatever else happens in the call.
//!
//! One source sends 1 and all others send even numbers. With levels of 0 and 100 and moves at once every sum is a whole
//! number, exactly, and it is odd where the one is heard. Which routes lead is asked of a naive table in the test.

mod cases;

use std::collections::{BTreeMap, BTreeSet};

use cases::cases;
use mixminus::{
    Controller, Frame, JoinOptions, MixerConfig, ParticipantKey, PrivateGroup, Processor, RoleTable, Routing,
    config::{Ducking, ParticipantMixerLevel, SourceLevel},
};
use proptest::prelude::*;

const TICK: usize = 48;
const ROLES: [&str; 3] = ["agent", "customer", "supervisor"];
/// Moves neither up nor down: whoever ducks, sums stay whole.
const DUCKING: Ducking = Ducking { ramp_active: 0, ramp_inactive: 0, lower_level: 100, upper_level: 100 };

#[derive(Debug, Clone)]
enum Event {
    Join(Option<Option<usize>>),
    Leave(usize),
    Mute(usize, bool),
    Route(usize, Option<Option<usize>>),
    Table(Vec<(usize, usize)>),
    Group(usize, Vec<usize>, Vec<usize>),
    Ungroup(usize),
    Hold(usize, Vec<usize>),
    Resume(usize),
    Request { listener: usize, exclusive: bool, sources: Vec<(usize, bool, bool)> },
    Exempt(usize, usize),
}

/// The default group; out of it; or a role.
fn routing(rule: Option<Option<usize>>) -> Routing {
    match rule {
        None => Routing::DefaultGroup,
        Some(None) => Routing::Apart,
        Some(Some(role)) => Routing::Role(ROLES[role].into()),
    }
}

#[derive(Default)]
struct Table {
    routings: BTreeMap<usize, Option<Option<usize>>>,
    heard: BTreeSet<(usize, usize)>,
    groups: BTreeMap<usize, (BTreeSet<usize>, BTreeSet<usize>)>,
    held: BTreeMap<usize, BTreeSet<usize>>,
}

impl Table {
    fn leads(&self, listener: usize, source: usize) -> bool {
        if self.held.contains_key(&source) || listener == source {
            return false;
        }
        if let Some(music) = self.held.get(&listener) {
            return music.contains(&source);
        }
        let by_rule = match (self.routings[&listener], self.routings[&source]) {
            (None, None) => true,
            (Some(Some(listener)), Some(Some(source))) => self.heard.contains(&(listener, source)),
            _ => false,
        };
        by_rule || self.groups.values().any(|(s, r)| s.contains(&source) && r.contains(&listener))
    }

    fn leave(&mut self, id: usize) {
        self.routings.remove(&id);
        self.held.remove(&id);
        for music in self.held.values_mut() {
            music.remove(&id);
        }
        for (sources, receivers) in self.groups.values_mut() {
            sources.remove(&id);
            receivers.remove(&id);
        }
    }
}

struct Call {
    controller: Controller,
    processor: Processor,
    keys: BTreeMap<usize, ParticipantKey>,
    table: Table,
    next: usize,
}

impl Call {
    fn new(people: usize) -> Self {
        let config =
            MixerConfig { tick_samples: TICK, smoothing_ms: 0.0, limiter: None, floor: None, ..MixerConfig::default() };
        let (controller, processor) = config.build().expect("figures in range");
        let mut call = Self { controller, processor, keys: BTreeMap::new(), table: Table::default(), next: 0 };
        (0..people).for_each(|n| call.join(if n % 2 == 0 { None } else { Some(Some(n / 2 % ROLES.len())) }));
        call
    }

    fn join(&mut self, rule: Option<Option<usize>>) {
        let options = JoinOptions { routing: routing(rule), ..JoinOptions::default() };
        let key = self.controller.join(self.next.to_string(), options).expect("not here yet");
        self.keys.insert(self.next, key);
        self.table.routings.insert(self.next, rule);
        self.next += 1;
    }

    fn nth(&self, n: usize) -> Option<usize> {
        self.keys.keys().nth(n % self.keys.len().max(1)).copied()
    }

    fn all(&self, list: &[usize]) -> BTreeSet<usize> {
        list.iter().filter_map(|n| self.nth(*n)).collect()
    }

    fn happen(&mut self, event: &Event) {
        let name = |id: &usize| id.to_string();
        let here = "it is here";
        let first = match event {
            Event::Leave(n) | Event::Mute(n, _) | Event::Route(n, _) | Event::Hold(n, _) | Event::Resume(n) => *n,
            Event::Request { listener, .. } | Event::Exempt(listener, _) => *listener,
            _ => 0,
        };
        let id = self.nth(first);
        match (event, id) {
            (Event::Join(rule), _) => self.join(*rule),
            (Event::Table(pairs), _) => {
                let add = |table: RoleTable, (l, s): &(usize, usize)| table.hears(ROLES[*l], [ROLES[*s]]);
                self.controller.set_role_table(pairs.iter().fold(RoleTable::new(), add));
                self.table.heard = pairs.iter().copied().collect();
            }
            (Event::Group(group, sources, receivers), _) => {
                let (sources, receivers) = (self.all(sources), self.all(receivers));
                let members = PrivateGroup::new(sources.iter().map(name), receivers.iter().map(name));
                self.controller.set_private_group(name(group), members).expect(here);
                self.table.groups.insert(*group, (sources, receivers));
            }
            (Event::Ungroup(group), _) => {
                let known = self.table.groups.remove(group).is_some();
                assert_eq!(self.controller.remove_private_group(&name(group)).is_ok(), known);
            }
            (_, None) => {}
            (Event::Leave(_), Some(id)) => {
                self.controller.leave(&name(&id)).expect(here);
                self.keys.remove(&id);
                self.table.leave(id);
            }
            (Event::Mute(_, muted), Some(id)) => drop(self.controller.set_muted(&name(&id), *muted).expect(here)),
            (Event::Route(_, rule), Some(id)) => {
                self.controller.set_routing(&name(&id), routing(*rule)).expect(here);
                self.table.routings.insert(id, *rule);
            }
            (Event::Hold(_, music), Some(id)) => {
                let music: BTreeSet<_> = self.all(music).into_iter().filter(|source| *source != id).collect();
                let names: Vec<_> = music.iter().map(name).collect();
                let names: Vec<_> = names.iter().map(String::as_str).collect();
                self.controller.hold(&name(&id), &names).expect(here);
                self.table.held.insert(id, music);
            }
            (Event::Resume(_), Some(id)) => {
                let held = self.table.held.remove(&id).is_some();
                assert_eq!(self.controller.resume(&name(&id)).is_ok(), held);
            }
            (Event::Exempt(_, n), Some(id)) => {
                let source = self.nth(*n).filter(|source| *source != id);
                source.into_iter().for_each(|source| {
                    self.controller.set_exempt(&name(&id), &name(&source), true).expect(here);
                });
            }
            (Event::Request { exclusive, sources, .. }, Some(id)) => {
                let mut level = ParticipantMixerLevel {
                    exclusive: *exclusive,
                    ducking: Some(DUCKING),
                    ..ParticipantMixerLevel::new(name(&id))
                };
                let mut listed = BTreeSet::from([id]);
                for (n, loud, duck_others) in sources {
                    let Some(source) = self.nth(*n).filter(|source| listed.insert(*source)) else { continue };
                    let source = SourceLevel {
                        level: if *loud { 100 } else { 0 },
                        duck_others: *duck_others,
                        ..SourceLevel::new(name(&source))
                    };
                    level.source_levels.push(source);
                }
                self.controller.configure(&[level]).expect("it keeps the rules");
            }
        }
    }

    /// One tick in which `one` sends 1: it is in the mix of nobody to whom no route leads from it.
    fn tick(&mut self, one: usize) {
        let mut audio = self.processor.enter();
        let mut tick = audio.tick();
        for (id, key) in &self.keys {
            let frame = [if *id == one { 1.0 } else { 2.0 * (id % 7 + 1) as f32 }; TICK];
            tick.send(*key, Frame::from(&frame[..])).expect("a good frame");
        }
        let mixes = tick.mix();
        for (listener, key) in &self.keys {
            let heard = mixes.get(*key).expect("it hears").samples();
            assert!(heard.iter().all(|sample| sample.fract() == 0.0), "the test counts with whole numbers");
            let is_odd = heard.iter().any(|sample| sample % 2.0 != 0.0);
            assert!(!is_odd || self.table.leads(*listener, one), "{listener} hears {one}, and no route leads there");
        }
    }
}

fn rule() -> impl Strategy<Value = Option<Option<usize>>> {
    prop_oneof![2 => Just(None), 1 => Just(Some(None)), 3 => (0..ROLES.len()).prop_map(|role| Some(Some(role)))]
}

fn event(listed: usize) -> impl Strategy<Value = Event> {
    let who = || any::<prop::sample::Index>().prop_map(|n| n.index(1 << 16));
    let some = || prop::collection::vec(who(), 0..4);
    let role = || 0..ROLES.len();
    prop_oneof![
        2 => rule().prop_map(Event::Join),
        1 => who().prop_map(Event::Leave),
        1 => (who(), any::<bool>()).prop_map(|(n, muted)| Event::Mute(n, muted)),
        4 => (who(), rule()).prop_map(|(n, rule)| Event::Route(n, rule)),
        3 => prop::collection::vec((role(), role()), 0..7).prop_map(Event::Table),
        3 => (0..3_usize, some(), some()).prop_map(|(group, s, r)| Event::Group(group, s, r)),
        1 => (0..3_usize).prop_map(Event::Ungroup),
        2 => (who(), some()).prop_map(|(n, music)| Event::Hold(n, music)),
        2 => who().prop_map(Event::Resume),
        1 => (who(), who()).prop_map(|(l, s)| Event::Exempt(l, s)),
        4 => (who(), any::<bool>(), prop::collection::vec((who(), any::<bool>(), any::<bool>()), 0..listed))
            .prop_map(|(listener, exclusive, sources)| Event::Request { listener, exclusive, sources }),
    ]
}

fn play(people: usize, ticks: &[(Vec<Event>, usize)]) {
    let mut call = Call::new(people);
    for (events, one) in ticks {
        events.iter().for_each(|event| call.happen(event));
        if let Some(one) = call.nth(*one) {
            call.tick(one);
        }
    }
}

fn ticks(events: usize, listed: usize) -> impl Strategy<Value = Vec<(Vec<Event>, usize)>> {
    prop::collection::vec((prop::collection::vec(event(listed), 0..events), 0..1000_usize), 1..20)
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn in_small_rooms(people in 2..12_usize, ticks in ticks(5, 4)) {
        play(people, &ticks);
    }

    #[test]
    fn in_rooms_of_shared_sums(people in 14..70_usize, ticks in ticks(5, 4)) {
        play(people, &ticks);
    }

    #[test]
    fn in_rooms_where_rows_list_many(people in 20..60_usize, ticks in ticks(3, 60)) {
        play(people, &ticks);
    }
}
