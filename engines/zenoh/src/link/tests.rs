//! Two links that hear each other.

use proptest::prelude::*;

use super::*;

const LEASE: Duration = Duration::from_secs(2);

fn link(token: u64, now: Instant) -> Link {
    Link::new(token, NonZeroU64::new(token).unwrap(), now)
}

/// The answer of `to` to a header.
fn answer(to: &mut Link, header: Header, now: Instant) -> Header {
    match to.hear(header, now) {
        Heard::Answer(answer) => answer,
        other => panic!("{other:?} instead of an answer"),
    }
}

fn two_up(now: Instant) -> (Link, Link) {
    let (mut a, mut b) = (link(1, now), link(2, now));
    let hello = a.due(now, LEASE).unwrap();
    let welcome = answer(&mut b, hello, now);
    let beat = answer(&mut a, welcome, now);
    assert!(a.is_up() && !b.is_up(), "one has heard its own token, the other not yet");
    assert_eq!(b.hear(beat, now), Heard::Nothing);
    assert!(b.is_up());
    (a, b)
}

#[test]
fn three_messages_prove_both_directions() {
    two_up(Instant::now());
}

#[test]
fn both_may_begin() {
    let now = Instant::now();
    let (mut a, mut b) = (link(1, now), link(2, now));
    let (from_a, from_b) = (a.due(now, LEASE).unwrap(), b.due(now, LEASE).unwrap());
    let (to_b, to_a) = (answer(&mut a, from_b, now), answer(&mut b, from_a, now));
    let (to_b, to_a) = (answer(&mut b, to_b, now), answer(&mut a, to_a, now));
    assert_eq!((a.hear(to_b, now), b.hear(to_a, now)), (Heard::Nothing, Heard::Nothing));
    assert!(a.is_up() && b.is_up());
}

#[test]
fn a_message_lets_the_other_end_up() {
    let now = Instant::now();
    let (mut a, mut b) = (link(1, now), link(2, now));
    let welcome = answer(&mut b, a.due(now, LEASE).unwrap(), now);
    answer(&mut a, welcome, now);
    assert_eq!(b.hear(a.next(), now), Heard::Message, "though the beat before it is lost");
    assert!(b.is_up());
}

#[test]
fn messages_come_once_and_in_order() {
    let now = Instant::now();
    let (mut a, mut b) = two_up(now);
    let (first, second) = (a.next(), a.next());
    assert_eq!(b.hear(first, now), Heard::Message);
    assert_eq!(b.hear(first, now), Heard::Stale, "a second time");
    assert_eq!(b.hear(second, now), Heard::Message);
    a.next();
    assert_eq!(b.hear(a.next(), now), Heard::Broken, "one is missing");
}

#[test]
fn a_beat_tells_of_a_last_message_that_is_lost() {
    let now = Instant::now();
    let (mut a, mut b) = two_up(now);
    a.next();
    let beat = a.due(now + LEASE / 4, LEASE).unwrap();
    assert_eq!(b.hear(beat, now), Heard::Broken);
}

#[test]
fn a_new_token_ends_a_link() {
    let now = Instant::now();
    let (_, mut b) = two_up(now);
    let mut restarted = link(3, now);
    assert_eq!(b.hear(restarted.next(), now), Heard::Stale, "not from who it has a link with");
    assert_eq!(b.hear(restarted.due(now, LEASE).unwrap(), now), Heard::Broken);
}

#[test]
fn a_hello_that_came_late_is_answered() {
    let now = Instant::now();
    let (mut a, mut b) = two_up(now);
    let late = Header { echo: None, ..b.hello() };
    assert!(matches!(answer(&mut a, late, now).kind, Kind::Hello { incarnation: 1 }));
    let again = b.hello();
    assert_eq!(answer(&mut a, again, now).kind, Kind::Beat { sent: 0 });
    assert_eq!(b.hear(a.next(), now), Heard::Message);
}

#[test]
fn silence_ends_a_link_that_is_up() {
    let now = Instant::now();
    let (a, mut b) = two_up(now);
    assert!(!a.is_lost(now + LEASE, LEASE));
    assert!(a.is_lost(now + LEASE * 2, LEASE));
    b.is_alive(now + LEASE);
    assert!(!b.is_lost(now + LEASE * 2, LEASE));
    assert!(!link(3, now).is_lost(now + LEASE * 9, LEASE));
}

#[test]
fn hellos_and_beats_have_their_times() {
    let now = Instant::now();
    let mut a = link(1, now);
    assert!(a.due(now, LEASE).is_some());
    assert!(a.due(now + HELLO_EVERY / 2, LEASE).is_none());
    assert!(a.due(now + HELLO_EVERY, LEASE).is_some());
    let (mut a, _) = two_up(now);
    assert!(a.due(now + LEASE / 8, LEASE).is_none());
    assert!(a.due(now + LEASE / 4, LEASE).is_some());
}

/// A node with one link to the other: it begins another where one is over.
struct End {
    link: Link,
    tokens: u64,
    step: u64,
    /// What has come over links of the other, by its token: how many messages.
    came: Vec<(NonZeroU64, u64)>,
}

impl End {
    fn new(first: u64, step: u64, now: Instant) -> Self {
        Self { link: link(first, now), tokens: first, step, came: Vec::new() }
    }

    fn again(&mut self, now: Instant) {
        self.tokens += self.step;
        self.link = link(self.tokens, now);
    }

    /// What it says by itself: one message, if it may.
    fn says(&mut self, now: Instant) -> Vec<Header> {
        if self.link.is_lost(now, LEASE) {
            self.again(now);
        }
        let due = self.link.due(now, LEASE);
        let message = self.link.is_up().then(|| self.link.next());
        due.into_iter().chain(message).collect()
    }

    fn hears(&mut self, header: Header, now: Instant) -> Option<Header> {
        match self.link.hear(header, now) {
            Heard::Answer(answer) => return Some(answer),
            Heard::Broken => self.again(now),
            Heard::Message => {
                let Kind::Data { number } = header.kind else { panic!("{header:?} is no message") };
                match self.came.iter_mut().find(|(token, _)| *token == header.token) {
                    Some((_, count)) => {
                        assert_eq!(number, *count, "once, and in order");
                        *count += 1;
                    }
                    None => {
                        assert_eq!(number, 0, "from the first");
                        self.came.push((header.token, 1));
                    }
                }
            }
            Heard::Nothing | Heard::Stale => {}
        }
        None
    }
}

/// One way: what one end says reaches the other, or is lost; and so do answers.
fn deliver(from: &mut End, to: &mut End, lost: &mut impl FnMut() -> bool, now: Instant) {
    let mut waiting: Vec<_> = from.says(now).into_iter().filter(|_| !lost()).collect();
    let mut to_first = true;
    while !waiting.is_empty() {
        let hearer = if to_first { &mut *to } else { &mut *from };
        let answers: Vec<_> = waiting.drain(..).filter_map(|header| hearer.hears(header, now)).collect();
        waiting = answers.into_iter().filter(|_| !lost()).collect();
        to_first = !to_first;
    }
}

proptest! {
    #[test]
    fn whatever_is_lost_links_come_up_again(losses in prop::collection::vec(any::<bool>(), 0..400)) {
        let (mut now, mut losses) = (Instant::now(), losses.into_iter());
        let (mut a, mut b) = (End::new(1, 2, now), End::new(2, 2, now));
        while losses.len() > 0 {
            deliver(&mut a, &mut b, &mut || losses.next().unwrap_or(false), now);
            deliver(&mut b, &mut a, &mut || losses.next().unwrap_or(false), now);
            now += HELLO_EVERY;
        }
        for _ in 0..40 {
            deliver(&mut a, &mut b, &mut || false, now);
            deliver(&mut b, &mut a, &mut || false, now);
            now += HELLO_EVERY;
        }
        prop_assert!(a.link.is_up() && b.link.is_up());
        let has = |end: &End, token| end.came.iter().any(|&(from, count)| from == token && count > 10);
        prop_assert!(has(&a, b.link.token()) && has(&b, a.link.token()));
    }
}
