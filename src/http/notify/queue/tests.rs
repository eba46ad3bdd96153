//! The queue loses nothing, keeps the order and stays as short as it has to be.

use super::*;
use crate::{
    config::CommsOperation,
    http::DeliveryState::{self, Delivered, GivenUp, Waiting},
};
use proptest::{
    collection::vec,
    prelude::{prop_oneof, proptest},
    strategy::{Just, Strategy},
};

#[derive(Debug, Clone)]
enum Step {
    Post,
    Take,
    Deliver,
    GiveUp,
    Abandon,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let often = prop_oneof![Just(Step::Post), Just(Step::Take), Just(Step::Deliver), Just(Step::GiveUp)];
    vec(prop_oneof![50 => often, 1 => Just(Step::Abandon)], 0..200)
}

struct Case {
    queue: Queue,
    options: NotificationOptions,
}

impl Case {
    fn new(queue: usize, records: usize) -> Self {
        let options = NotificationOptions { queue, records, ..NotificationOptions::default() };
        Self { queue: Queue::default(), options }
    }

    fn post(&mut self, names: &[&str]) {
        for name in names {
            let notification = CommsNotifications::ended("call", &CommsOperation::new(*name, None, "then"));
            self.queue.post(name, notification, &self.options);
        }
    }

    fn take(&mut self) -> Option<Letter> {
        self.queue.take(&self.options)
    }

    fn deliver(&mut self, letter: &Letter) -> Vec<Delivery> {
        self.queue.end(letter, Delivery::delivered, self.options.records)
    }

    fn told(&self) -> Vec<(String, DeliveryState)> {
        self.queue.deliveries().into_iter().map(|delivery| (delivery.operation, delivery.state)).collect()
    }

    fn step(&mut self, step: &Step, letter: &mut Option<Letter>) {
        match step {
            Step::Post => self.post(&[&self.queue.posted.to_string()]),
            Step::Take if letter.is_none() => *letter = self.take(),
            Step::Take => {}
            Step::Deliver => drop(letter.take().map(|letter| self.deliver(&letter))),
            Step::GiveUp => {
                let records = self.options.records;
                letter.take().map(|letter| self.queue.end(&letter, |it| it.given_up(None), records));
            }
            Step::Abandon => drop(self.queue.abandon()),
        }
    }
}

fn owned(states: &[(&str, DeliveryState)]) -> Vec<(String, DeliveryState)> {
    states.iter().map(|(name, state)| ((*name).to_owned(), *state)).collect()
}

#[test]
fn of_too_many_the_oldest_that_waits_is_given_up() {
    let mut case = Case::new(2, 10);
    case.post(&["a"]);
    let a = case.take().unwrap();
    case.post(&["b", "c", "d", "e"]);
    let states = [("a", Waiting), ("b", GivenUp), ("c", GivenUp), ("d", Waiting), ("e", Waiting)];
    assert_eq!(case.told(), owned(&states));
    assert_eq!(case.queue.deliveries()[1].last_error.as_deref(), Some("more than 2 waited"));
    let too_many = case.queue.take_too_many().unwrap();
    assert_eq!((too_many.count, &*too_many.newest), (2, "/app/calls/call/operations/c"));
    assert!(case.queue.take_too_many().is_none(), "it is told once");
    assert_eq!(case.deliver(&a)[0].state, Delivered);
    let next = case.take().unwrap();
    assert!(next.resources().eq(["/app/calls/call/operations/d", "/app/calls/call/operations/e"]));
}

#[test]
fn of_what_has_ended_the_newest_is_kept_and_all_that_was_abandoned() {
    let mut case = Case::new(10, 2);
    for name in ["a", "b", "c"] {
        case.post(&[name]);
        let letter = case.take().unwrap();
        assert_eq!(case.deliver(&letter).len(), 1);
    }
    case.post(&["d", "e", "f"]);
    let given_up = case.queue.abandon();
    assert!(given_up.iter().map(|delivery| delivery.operation.as_str()).eq(["d", "e", "f"]));
    assert_eq!(case.queue.abandon(), [], "it was given up before");
    case.post(&["g"]);
    let kept = [("b", Delivered), ("c", Delivered), ("d", GivenUp), ("e", GivenUp), ("f", GivenUp), ("g", GivenUp)];
    assert_eq!(case.told(), owned(&kept));
    assert!(case.take().is_none());
}

#[test]
fn once_closed_it_takes_nothing_on() {
    let mut case = Case::new(10, 10);
    case.post(&["a"]);
    case.queue.close();
    case.post(&["b"]);
    let a = case.take().unwrap();
    assert_eq!(case.deliver(&a).len(), 1);
    assert!(case.deliver(&a).is_empty(), "it is not being sent any more");
    assert!(case.take().is_none());
    assert_eq!(case.told(), owned(&[("a", Delivered), ("b", GivenUp)]));
}

proptest! {
    #[test]
    fn nothing_is_lost_nothing_overtakes_and_no_more_wait_than_may(steps in steps(), queue in 0..5_usize) {
        let mut case = Case::new(queue, 1000);
        let (mut letter, mut sent) = (None, Vec::new());
        for step in steps {
            case.step(&step, &mut letter);
            let numbers = |letter: &Letter| (0..case.queue.posted).filter(|it| letter.has(*it)).collect::<Vec<_>>();
            let held = letter.as_ref().map(numbers).unwrap_or_default();
            if held.last() != sent.last() {
                sent.extend(held);
            }
            let told = case.told();
            let names: Vec<_> = (0..case.queue.posted).map(|number| number.to_string()).collect();
            assert!(told.iter().map(|(name, _)| name).eq(&names), "{told:?}");
            let waiting = told.iter().filter(|(_, state)| *state == Waiting).count();
            let most = queue + letter.as_ref().map_or(1, Letter::count);
            assert!(waiting <= most && (waiting == 0 || !case.queue.abandoned), "{told:?}");
        }
        assert!(sent.is_sorted_by(|one, next| one < next), "{sent:?}");
    }
}
