//! [`Listeners`]: the hearing side of all slots, and what is published of it taken up.

use std::sync::atomic::Ordering;

use super::{
    cohorts::Cohorts,
    goes::{PairSource, Stage},
    listener::Listener,
};
use crate::{
    audio::{
        belongings::Kept,
        pair::Pair,
        published::Slot,
        receive::{Receiver, Standing},
        row_memory::RowMemory,
    },
    data::{timing::Clock, tree::Changed},
    dsp::{prefetch, prefetch_all},
};

/// The listeners of a mixer, by their slots.
#[derive(Debug, Default)]
pub(crate) struct Listeners {
    list: Vec<Listener>,
    cohorts: Cohorts,
    plain: PlainGains,
}

/// Whether the gains of all rows are set aside, and how far the rows have followed that.
#[derive(Debug, Clone, Copy, Default)]
struct PlainGains {
    on: bool,
    /// The slots before this one have followed.
    followed: usize,
}

/// In how many ticks all rows follow: as many as move in each cost a fraction of what they save.
const TICKS_TO_FOLLOW: usize = 32;

impl Listeners {
    /// Room for so many slots. Allocates: control side.
    pub fn new(slots: usize) -> Self {
        let list = (0..slots).map(|_| Listener::default()).collect();
        Self { list, cohorts: Cohorts::new(slots), plain: PlainGains::default() }
    }

    /// Moves into `larger`, which takes the old memory in exchange.
    pub fn move_into(&mut self, larger: &mut Self) {
        (0..self.list.len()).for_each(|index| self.go_alone(index));
        self.list.iter_mut().zip(&mut larger.list).for_each(|(old, new)| std::mem::swap(old, new));
        larger.plain = self.plain;
        std::mem::swap(self, larger);
    }

    /// All of them. The state of one who follows its cohort is that of the cohort.
    #[inline]
    pub fn all(&self) -> &[Listener] {
        &self.list
    }

    /// All of them, and their cohorts.
    #[inline]
    pub fn parts(&mut self) -> (&mut [Listener], &mut Cohorts) {
        (&mut self.list, &mut self.cohorts)
    }

    /// A new participant takes a slot.
    pub fn admit(&mut self, index: usize, listens: bool, clock: &Clock<'_>) {
        self.go_alone(index);
        self.list[index].admit(listens, self.plain.on, clock);
    }

    /// A participant hears no more.
    pub fn leave(&mut self, index: usize) {
        self.go_alone(index);
        self.list[index].listens = false;
    }

    /// A participant is gone: its memory goes back.
    pub fn vacate(&mut self, index: usize, memory: &mut RowMemory) {
        self.list[index].vacate(memory);
    }

    /// Sets the gains of all rows aside, or goes back to them: see [`follow_plain`](Self::follow_plain).
    pub fn set_plain(&mut self, on: bool) {
        if self.plain.on != on {
            self.plain = PlainGains { on, followed: 0 };
        }
    }

    /// Has some of the rows follow that their gains are set aside or are not, of the first `used` slots. Whether any
    /// gain may move.
    pub fn follow_plain(&mut self, used: usize, receiver: &Receiver, clock: &Clock<'_>) -> bool {
        let PlainGains { on, followed } = self.plain;
        let end = used.min(followed + used.div_ceil(TICKS_TO_FOLLOW));
        self.plain.followed = followed.max(end);
        (followed..end).fold(false, |moves, index| {
            let listener = &mut self.list[index];
            let turns =
                listener.listens && listener.row.set_plain(on, |pair| pair_source(receiver, pair, clock), clock);
            if turns {
                self.cohorts.leave(index, listener);
                listener.cache.forget();
            }
            moves | turns
        })
    }

    fn go_alone(&mut self, index: usize) {
        self.cohorts.leave(index, &mut self.list[index]);
    }

    /// Has the listeners of a leaf take what is published of them. What they need lies far apart, in memory that the
    /// control side has just written: each step asks for that of all of them before the next one uses it.
    pub fn apply(
        &mut self,
        changed: &Changed<'_, Slot>,
        receiver: &Receiver,
        kept: &[Option<Kept>],
        clock: &Clock<'_>,
    ) {
        let Self { list, cohorts, .. } = self;
        for published in changed.items().iter().flat_map(|(_, published)| *published) {
            prefetch(std::slice::from_ref(&*published.row));
        }
        let mut memory = [const { None }; Changed::<Slot>::MOST];
        for ((slot, published), memory) in changed.items().iter().zip(&mut memory) {
            let listener = list.get(*slot as usize).filter(|listener| listener.listens);
            *memory = listener.zip(*published).and_then(|(listener, published)| listener.take_memory(published));
            memory.iter().map(Box::as_ref).for_each(|memory: &RowMemory| prefetch(std::slice::from_ref(memory)));
        }
        for ((slot, _), memory) in changed.items().iter().zip(&memory) {
            memory.iter().for_each(|memory| memory.prefetch_pairs());
            list.get(*slot as usize).into_iter().for_each(|listener| prefetch_all(listener.row.pairs(0)));
        }
        for ((slot, published), memory) in changed.items().iter().zip(memory) {
            let Some(published) = published else { continue };
            if let Some(listener) = list.get_mut(*slot as usize).filter(|listener| listener.listens) {
                cohorts.leave(*slot as usize, listener);
                let joins = receiver.source(*slot).is_some_and(|source| source.joined == clock.now);
                listener.update(published, memory, joins, |pair| pair_source(receiver, pair, clock), clock);
                report_pairs(listener, &kept[*slot as usize]);
            }
        }
    }

    /// Gets a listener ready for a tick, and with it its cohort.
    #[inline]
    pub fn steer(&mut self, index: usize, receiver: &Receiver, kept: &Option<Kept>, clock: &Clock<'_>) {
        let listener = &mut self.list[index];
        self.cohorts.lead(index, listener);
        let source = |pair: &Pair| pair_source(receiver, pair, clock);
        if listener.steer(source, |slot| receiver.ducks(slot), clock) {
            report_pairs(listener, kept);
        }
    }

    /// Whether an envelope of the first `used` slots was on its way in the last plan, and has arrived.
    pub fn have_arrived(&self, used: usize, clock: &Clock<'_>) -> bool {
        let alone = (0..used).filter(|index| self.list[*index].listens && !self.cohorts.has(*index));
        let mut states = self.cohorts.states().chain(alone.map(|index| self.list[index].state()));
        states.any(|state| state.has_arrived(clock))
    }
}

/// What a row has to know of the source of a pair; `None` if nothing is heard of it any more.
fn pair_source(receiver: &Receiver, pair: &Pair, clock: &Clock<'_>) -> Option<PairSource> {
    let source = receiver.source(pair.slot).filter(|source| pair.is_of(source.key))?;
    let stage = match source.standing {
        Standing::Leaving => Stage::Leaves,
        _ if source.joined == clock.now => Stage::Joins,
        _ => Stage::Here,
    };
    Some(PairSource { stage, change: source.change(), change_before: source.change_before(clock) })
}

/// Tells the control side for how many pairs a row has to have room.
fn report_pairs(listener: &mut Listener, kept: &Option<Kept>) {
    if let (Some(count), Some(kept)) = (listener.report_pairs(), kept) {
        kept.meters.pairs.store(count, Ordering::Relaxed);
    }
}
