//! What the words of `Mix::id`, `Mix::forked_from` and `Mixes::moves` say, written down naively.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap},
};

use mixminus::{Mix, MixId, Mixes, MoveKind, ParticipantKey};

/// Votes, and the lowest slot among those who cast them: the greater one precedes.
type Votes = (usize, Reverse<usize>);

/// Everything that counts of the ticks so far.
#[derive(Default)]
pub struct Model {
    /// What each listener heard in the last tick.
    heard: HashMap<ParticipantKey, MixId>,
    /// All ids so far.
    known: BTreeSet<MixId>,
}

impl Model {
    /// The mix of the last tick that most of these heard.
    fn claim(&self, listeners: &[ParticipantKey]) -> Option<(MixId, Votes)> {
        let mut votes = HashMap::<MixId, Votes>::new();
        for key in listeners {
            let Some(heard) = self.heard.get(key) else { continue };
            let (count, lowest) = votes.entry(*heard).or_insert((0, Reverse(key.index())));
            *count += 1;
            *lowest = (*lowest).max(Reverse(key.index()));
        }
        votes.into_iter().max_by_key(|(_, votes)| *votes)
    }

    /// Compares the mixes of a tick with the words. Returns the moves, in the order of slots.
    pub fn check(&mut self, mixes: &Mixes<'_>) -> Vec<(ParticipantKey, MixId, MixId, MoveKind)> {
        let listeners: Vec<Vec<_>> = mixes.distinct().map(|mix| mix.listeners().collect()).collect();
        let claims: Vec<_> = listeners.iter().map(|listeners| self.claim(listeners)).collect();
        let newest = self.known.last().copied();
        let mut new = Vec::new();
        for ((mix, listeners), claim) in mixes.distinct().zip(&listeners).zip(&claims) {
            let rivals = claims.iter().flatten().filter(|(on, _)| claim.is_some_and(|(mine, _)| *on == mine));
            match claim {
                Some((on, votes)) if rivals.map(|(_, votes)| votes).max() == Some(votes) => {
                    assert_eq!((mix.id(), mix.forked_from()), (*on, None), "{listeners:?} go on");
                }
                claim => {
                    assert_eq!(mix.forked_from(), claim.map(|(on, _)| on), "{listeners:?} begin");
                    assert!(self.known.insert(mix.id()) && Some(mix.id()) > newest, "{} is new", mix.id());
                    new.push(mix);
                }
            }
        }
        let moves = self.moves(mixes, &new);
        let mixes = mixes.distinct().zip(listeners);
        self.heard = mixes.flat_map(|(mix, keys)| keys.into_iter().map(move |key| (key, mix.id()))).collect();
        moves
    }

    fn moves(&self, mixes: &Mixes<'_>, new: &[Mix<'_>]) -> Vec<(ParticipantKey, MixId, MixId, MoveKind)> {
        let mut expected = Vec::new();
        for mix in mixes.distinct() {
            for listener in mix.listeners() {
                assert_eq!(mixes.get(listener).map(|mix| mix.id()), Some(mix.id()));
                let Some(from) = self.heard.get(&listener).filter(|from| **from != mix.id()) else { continue };
                let split = new.iter().any(|new| new.id() == mix.id() && new.forked_from() == Some(*from));
                let kind = if split { MoveKind::Split } else { MoveKind::Merge };
                expected.push((listener, *from, mix.id(), kind));
            }
        }
        let mut moves: Vec<_> = mixes.moves().map(|it| (it.listener, it.from, it.to, it.kind)).collect();
        expected.sort_by_key(|(listener, ..)| listener.index());
        moves.sort_by_key(|(listener, ..)| listener.index());
        assert_eq!(moves, expected);
        moves
    }
}
