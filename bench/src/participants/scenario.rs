//! What is measured: a [`Scenario`] is a room, what people do in it, and how it is encoded.

use super::{codec::Codec, options::Talking};

/// A room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scenario {
    /// Everybody in it; everybody listens.
    pub people: usize,
    /// How many of them talk at a time.
    pub talking: Talking,
    /// What the others send.
    pub others: Others,
    /// Whether packets carry audio levels (RFC 6464).
    pub levels: bool,
    /// `MixerConfig::loudest`.
    pub loudest: Option<usize>,
    /// For whom there is an encoder.
    pub encoders: Encoders,
    /// The length of a tick.
    pub tick_ms: u32,
    /// Who encodes and decodes.
    pub codec: Codec,
}

/// What those send who do not talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// No packets: they are muted, or their clients leave out silence (DTX).
    Nothing,
    /// The noise of an open microphone.
    Noise,
}

/// For whom there is an encoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoders {
    /// One for each listener.
    Listener,
    /// One for each mix.
    Mix,
}

/// How many are heard at most, where there is a limit.
pub const LOUDEST: usize = 3;
/// The length of a tick where nothing else is said: that of `MixerConfig`.
const TICK_MS: u32 = 10;
/// A thousand listeners to three talkers.
const AUDITORIUM: usize = 1003;
/// The largest of the rooms in which everything is measured.
pub const LARGE: usize = 100;

/// What is measured if nothing else is asked for.
pub fn usual() -> Vec<Scenario> {
    let rooms = [10, 50, LARGE].into_iter().flat_map(|people| {
        let few = of(people, Talking::Some(LOUDEST)).into_iter();
        few.chain(patient(people)).chain(of(people, Talking::All)).chain(in_c(people))
    });
    rooms.chain(of(AUDITORIUM, Talking::Some(LOUDEST)).into_iter().filter(is_thrifty)).collect()
}

/// Everything that differs in a room of so many people of whom so many talk.
pub fn of(people: usize, talking: Talking) -> Vec<Scenario> {
    let (others, loudest, encoders) = (Others::Noise, Some(LOUDEST), Encoders::Mix);
    let room =
        Scenario { people, talking, others, levels: false, loudest, encoders, tick_ms: TICK_MS, codec: Codec::OpusRs };
    let told = Scenario { levels: true, ..room };
    match talking {
        Talking::All => vec![Scenario { loudest: None, ..room }, room, told],
        Talking::Some(_) => vec![
            Scenario { encoders: Encoders::Listener, ..room },
            room,
            told,
            Scenario { others: Others::Nothing, ..room },
        ],
    }
}

/// The largest room with ticks as long as a packet.
fn patient(people: usize) -> impl Iterator<Item = Scenario> {
    let few = of(people, Talking::Some(LOUDEST)).into_iter().skip(1).take(2);
    few.filter(move |_| people == LARGE).map(|room| Scenario { tick_ms: super::PACKET_MS, ..room })
}

/// The largest room, by the original of the codec, if that was built.
#[cfg(feature = "libopus")]
fn in_c(people: usize) -> impl Iterator<Item = Scenario> {
    let rooms =
        of(people, Talking::Some(LOUDEST)).into_iter().take(2).chain(of(people, Talking::All).into_iter().take(1));
    rooms.filter(move |_| people == LARGE).map(|room| Scenario { codec: Codec::Libopus, ..room })
}

#[cfg(not(feature = "libopus"))]
fn in_c(_: usize) -> impl Iterator<Item = Scenario> {
    std::iter::empty()
}

/// Whether a room that large is run in this way at all.
fn is_thrifty(room: &Scenario) -> bool {
    room.encoders == Encoders::Mix
}

impl Scenario {
    /// Whether a person talks in a turn: those who do are next to each other, and in each turn one stops and the next
    /// one begins.
    pub fn talks(&self, person: usize, turn: usize) -> bool {
        match self.talking {
            Talking::All => true,
            Talking::Some(count) => (person + self.people - turn % self.people) % self.people < count,
        }
    }

    /// Whether somebody sends packets in a turn.
    pub fn sends(&self, person: usize, turn: usize) -> bool {
        self.others == Others::Noise || self.talks(person, turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn talkers(room: &Scenario, turn: usize) -> Vec<usize> {
        (0..room.people).filter(|person| room.talks(*person, turn)).collect()
    }

    #[test]
    fn talkers_take_turns() {
        let room = of(5, Talking::Some(3))[0];
        assert_eq!([0, 1, 4, 5].map(|turn| talkers(&room, turn)), [[0, 1, 2], [1, 2, 3], [0, 1, 4], [0, 1, 2]]);
        assert_eq!(talkers(&of(5, Talking::All)[0], 7).len(), 5);
        let quiet = Scenario { others: Others::Nothing, ..room };
        assert_eq!((room.sends(4, 0), quiet.sends(4, 0), quiet.sends(0, 0)), (true, false, true));
    }

    #[test]
    fn what_is_usual_has_each_once() {
        let rooms = usual();
        assert!(rooms.iter().enumerate().all(|(at, room)| !rooms[..at].contains(room)));
        let encoded_for_each = |people| {
            let in_room = rooms.iter().filter(|room| room.people == people);
            in_room.filter(|room| room.encoders == Encoders::Listener).count()
        };
        let in_c = usize::from(cfg!(feature = "libopus"));
        assert_eq!([10, 50, 100, 1003].map(encoded_for_each), [1, 1, 1 + in_c, 0]);
    }
}
