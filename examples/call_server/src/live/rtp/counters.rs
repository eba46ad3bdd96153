//! What was counted in all sessions, also those that have ended: [`Counters`].

use std::sync::atomic::{AtomicU64, Ordering};

use super::figures::{Dropped, Figures};

/// Sums for Prometheus: the network's thread writes, everybody reads.
#[derive(Debug, Default)]
pub struct Counters([AtomicU64; NAMES.len()]);

/// The names of the sums, in the order of [`values`].
const NAMES: [&str; 11] = [
    "received_packets",
    "received_bytes",
    "sent_packets",
    "sent_bytes",
    "keys",
    "strangers",
    "malformed",
    "other_payloads",
    "on_hold",
    "refused",
    "unsent",
];

fn values(figures: &Figures) -> [u64; NAMES.len()] {
    let Figures { received, sent, keys_pressed, .. } = figures;
    let Dropped { strangers, malformed, other_payloads, on_hold, refused, unsent } = figures.dropped;
    [
        received.packets,
        received.bytes,
        sent.packets,
        sent.bytes,
        *keys_pressed,
        strangers,
        malformed,
        other_payloads,
        on_hold,
        refused,
        unsent,
    ]
}

impl Counters {
    /// Adds what a session has counted since an earlier moment.
    pub fn add(&self, before: &Figures, now: &Figures) {
        let grown = values(now).into_iter().zip(values(before)).map(|(now, before)| now.saturating_sub(before));
        self.0.iter().zip(grown).for_each(|(sum, more)| {
            sum.fetch_add(more, Ordering::Relaxed);
        });
    }

    /// All sums with their names.
    pub fn read(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        NAMES.into_iter().zip(self.0.iter().map(|sum| sum.load(Ordering::Relaxed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_grow_by_what_is_new() {
        let counters = Counters::default();
        let mut figures = Figures { keys_pressed: 2, ..Figures::default() };
        counters.add(&Figures::default(), &figures);
        let before = figures.clone();
        (figures.dropped.unsent, figures.sent.bytes) = (3, 320);
        counters.add(&before, &figures);
        let grown: Vec<_> = counters.read().filter(|(_, sum)| *sum > 0).collect();
        assert_eq!(grown, [("sent_bytes", 320), ("keys", 2), ("unsent", 3)]);
    }
}
