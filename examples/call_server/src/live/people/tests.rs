//! Who has a place, and keeps it.

use std::sync::atomic::AtomicBool;

use clap::Parser;
use mixminus::{Routing, stream::Opus};

use super::*;
use crate::{
    cast::Member,
    cli::Options,
    live::leg::Quality,
    room::Room,
    routes::{NoRole, Routes},
};

#[derive(Debug, Default)]
struct Line(AtomicBool);

impl Leg for Line {
    fn kind(&self) -> &'static str {
        "line"
    }

    fn end(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn quality(&self) -> Quality {
        Quality::default()
    }
}

/// A call with the listener `guest`, and its people.
fn call(most: usize) -> (Room, People) {
    let (room, _relay) =
        Room::start(vec![Member { id: "guest".into(), recording: None }], routes(), most, None, None, None).unwrap();
    let people = People::new(Arc::clone(&room.entrance), Limits { most, keep: Duration::from_secs(30) });
    (room, people)
}

/// Agents hear customers, and customers nobody; `ben` is an agent by the options.
fn routes() -> Routes {
    let arguments = ["call_server", "--hears", "agent=customer", "--role", "ben=agent"];
    Routes::of(&Options::try_parse_from(arguments).unwrap()).unwrap()
}

fn come(people: &People, id: &str) -> Result<(Admitted, Arc<Line>), NoPlace> {
    come_with(people, id, None)
}

fn come_with(people: &People, id: &str, role: Option<&str>) -> Result<(Admitted, Arc<Line>), NoPlace> {
    let line = Arc::new(Line::default());
    let leg = Arc::clone(&line);
    let newcomer = Newcomer { id: Some(id.into()), role: role.map(str::to_owned) };
    people.enter(newcomer, Opus::mono().unwrap(), None, |_| leg).map(|admitted| (admitted, line))
}

fn stage(people: &People, id: &str) -> Option<&'static str> {
    people.connections().get(id).map(|connected| connected.stage)
}

#[test]
fn a_place_is_kept_for_the_time_of_the_limits() {
    let (room, people) = call(9);
    let (anna, line) = come(&people, "anna").unwrap();
    let begin = Instant::now();
    people.hear("anna", anna.connection, News::Connected, begin);
    people.hear("anna", anna.connection, News::Lost, begin);
    people.hear("anna", anna.connection, News::Lost, begin + Duration::from_secs(20));
    people.sweep(begin + Duration::from_secs(29));
    assert_eq!(stage(&people, "anna"), Some("lost"));
    people.sweep(begin + Duration::from_secs(30));
    assert_eq!((stage(&people, "anna"), room.controller.is_here("anna")), (None, false));
    assert!(line.0.load(Ordering::Relaxed));
    room.stop().unwrap();
}

#[test]
fn who_is_back_in_time_keeps_the_place() {
    let (room, people) = call(9);
    let (anna, _line) = come(&people, "anna").unwrap();
    let begin = Instant::now();
    for news in [News::Connected, News::Lost, News::Connected] {
        people.hear("anna", anna.connection, news, begin);
    }
    people.sweep(begin + Duration::from_secs(3600));
    assert_eq!(stage(&people, "anna"), Some("connected"));
    room.stop().unwrap();
}

#[test]
fn who_never_came_leaves_at_once_but_not_the_place_of_an_earlier_connection() {
    let (room, people) = call(9);
    let now = Instant::now();
    let (nobody, _line) = come(&people, "anna").unwrap();
    people.hear("anna", nobody.connection, News::Lost, now);
    assert!(!room.controller.is_here("anna"));
    let (anna, _line) = come(&people, "anna").unwrap();
    people.hear("anna", anna.connection, News::Connected, now);
    let (again, _line) = come(&people, "anna").unwrap();
    people.hear("anna", again.connection, News::Lost, now);
    assert_eq!((stage(&people, "anna"), room.controller.is_here("anna")), (Some("lost"), true));
    room.stop().unwrap();
}

#[test]
fn a_later_connection_ends_the_earlier_one_and_keeps_its_key() {
    let (room, people) = call(1);
    let (first, line) = come(&people, "anna").unwrap();
    let (second, later) = come(&people, "anna").unwrap();
    assert!(line.0.load(Ordering::Relaxed) && first.listener.key == second.listener.key);
    people.hear("anna", first.connection, News::Lost, Instant::now());
    assert!(!people.leave("anna", first.connection) && !later.0.load(Ordering::Relaxed));
    assert!(matches!(come(&people, "ben"), Err(NoPlace::Full(1))));
    assert!(people.leave("anna", second.connection) && !room.controller.is_here("anna"));
    room.stop().unwrap();
}

#[test]
fn a_later_connection_is_not_muted_as_the_earlier_one_was() {
    let (room, people) = call(9);
    let is_muted = || room.controller.snapshot().participants.iter().any(|one| one.muted);
    let (first, _line) = come(&people, "guest").unwrap();
    assert!(people.mute("guest", first.connection, true) && is_muted());
    let (second, _line) = come(&people, "guest").unwrap();
    assert!(!is_muted() && !people.mute("guest", first.connection, true));
    assert!(people.mute("guest", second.connection, true) && is_muted());
    assert!(people.leave("guest", second.connection) && !is_muted());
    room.stop().unwrap();
}

#[test]
fn who_is_removed_is_out_of_the_call_and_disconnected_whoever_it_is() {
    let (room, people) = call(9);
    let (_anna, line) = come(&people, "anna").unwrap();
    let (_guest, other) = come(&people, "guest").unwrap();
    for id in ["anna", "guest"] {
        people.remove(id);
        assert_eq!((stage(&people, id), room.controller.is_here(id)), (None, false));
    }
    assert!(line.0.load(Ordering::Relaxed) && other.0.load(Ordering::Relaxed));
    assert!(come(&people, "guest").is_ok() && room.controller.is_here("guest"));
    room.stop().unwrap();
}

#[test]
fn a_role_is_that_of_the_options_unless_somebody_comes_with_another() {
    let (room, people) = call(9);
    let routing = |id: &str| room.controller.participant(id).unwrap().routing;
    let (agent, customer) = (Routing::Role("agent".into()), Routing::Role("customer".into()));
    come(&people, "ben").unwrap();
    assert_eq!(routing("ben"), agent);
    come_with(&people, "ben", Some("customer")).unwrap();
    assert_eq!(routing("ben"), customer);
    come(&people, "ben").unwrap();
    assert_eq!(routing("ben"), customer, "who comes again without a role keeps the one that it has");
    let (guest, _line) = come_with(&people, "guest", Some("agent")).unwrap();
    assert_eq!(routing("guest"), agent);
    assert!(people.leave("guest", guest.connection));
    assert_eq!(routing("guest"), Routing::DefaultGroup, "whose place it was has none");
    room.stop().unwrap();
}

#[test]
fn a_role_that_the_call_does_not_have_is_refused_and_changes_nothing() {
    let (room, people) = call(9);
    let (_anna, line) = come(&people, "anna").unwrap();
    assert!(matches!(come_with(&people, "anna", Some("boss")), Err(NoPlace::Role(NoRole::Unknown { .. }))));
    assert!(!line.0.load(Ordering::Relaxed) && stage(&people, "anna").is_some());
    room.stop().unwrap();
}

#[test]
fn a_listener_stays_when_who_spoke_in_its_place_leaves() {
    let (room, people) = call(9);
    let (guest, _line) = come(&people, "guest").unwrap();
    let sends = || room.controller.port_readings("guest").unwrap().input.is_some();
    assert!(sends());
    assert!(people.leave("guest", guest.connection) && !sends());
    room.stop().unwrap();
}

#[test]
fn a_connection_ends_whose_person_is_here_no_more_and_not_that_of_one_who_has_come_since() {
    let (room, people) = call(9);
    let (_anna, line) = come(&people, "anna").unwrap();
    people.end("anna");
    assert!(!line.0.load(Ordering::Relaxed) && stage(&people, "anna").is_some());
    // As when another server has her, or has removed her.
    room.controller.leave("anna").unwrap();
    people.end("anna");
    assert!(line.0.load(Ordering::Relaxed) && stage(&people, "anna").is_none());
    room.stop().unwrap();
}
