//! The rows that listeners are configured with.

use mixminus::config::{Ducking, ParticipantMixerLevel, SourceLevel};

/// The row of the n-th participant, different from all other rows: three sources at levels of their
/// own, the first of them a ducker. Every level is different in the next round.
pub fn own_levels(n: usize, round: usize) -> ParticipantMixerLevel {
    levels(n, n, round)
}

/// The same with rows of 16 kinds: the n-th participant has the levels of the (n mod 16)-th.
pub fn sixteen_kinds(n: usize, round: usize) -> ParticipantMixerLevel {
    levels(n, n % 16, round)
}

/// The row of the n-th participant, of one kind of rows.
fn levels(n: usize, kind: usize, round: usize) -> ParticipantMixerLevel {
    let lower_level = 10 + (kind / 10_000) as i64;
    let ducking = Ducking { ramp_active: 50, ramp_inactive: 200, lower_level, upper_level: 100 };
    let digits = [kind % 100, kind / 100 % 100, kind * 31 % 100];
    let source_levels = (0..3)
        .filter(|source| *source != n)
        .map(|source| SourceLevel {
            level: ((digits[source] + round) % 100 + 1) as i64,
            duck_others: source == 0,
            ..SourceLevel::new(source.to_string())
        })
        .collect();
    ParticipantMixerLevel { ducking: Some(ducking), source_levels, ..ParticipantMixerLevel::new(n.to_string()) }
}

/// The same with ramps so long that the ducking moves all the time in
/// [`Room::ducking`](crate::room::Room::ducking), where a ducker takes turns.
pub fn slow_ducking(n: usize) -> ParticipantMixerLevel {
    let row = own_levels(n, 0);
    let ducking = row.ducking.map(|ducking| Ducking { ramp_active: 5000, ramp_inactive: 5000, ..ducking });
    ParticipantMixerLevel { ducking, ..row }
}

/// The row of the n-th participant, which lists so many of the talkers at levels of their own. They
/// are spread over all talkers.
pub fn exceptions(n: usize, talkers: usize, listed: usize) -> ParticipantMixerLevel {
    let source = |k: usize| (n + 1 + k * talkers / (listed + 1)) % talkers;
    let sources = (0..listed).map(source).filter(|source| *source != n);
    let source_levels =
        sources.map(|source| SourceLevel { level: dense_level(n, source, 0), ..SourceLevel::new(source.to_string()) });
    ParticipantMixerLevel { source_levels: source_levels.collect(), ..ParticipantMixerLevel::new(n.to_string()) }
}

/// The same, with the first talker as a ducker, and ramps as long as those of [`slow_ducking`].
pub fn ducked_exceptions(n: usize, talkers: usize, listed: usize) -> ParticipantMixerLevel {
    let mut row = exceptions(n, talkers, listed);
    row.source_levels.retain(|level| level.participant != "0");
    if n != 0 {
        row.source_levels.push(SourceLevel { duck_others: true, ..SourceLevel::new("0") });
    }
    row.ducking = slow_ducking(n).ducking;
    row
}

/// The row of the n-th participant, who hears nobody.
pub fn deaf(n: usize) -> ParticipantMixerLevel {
    ParticipantMixerLevel { exclusive: true, ..ParticipantMixerLevel::new(n.to_string()) }
}

/// Rows in which everybody lists everybody else at a level of its own. Every level is different in
/// the next round.
pub fn dense(participants: usize, round: usize) -> Vec<ParticipantMixerLevel> {
    let row = |n: usize| ParticipantMixerLevel {
        source_levels: (0..participants)
            .filter(|source| *source != n)
            .map(|source| SourceLevel { level: dense_level(n, source, round), ..SourceLevel::new(source.to_string()) })
            .collect(),
        ..ParticipantMixerLevel::new(n.to_string())
    };
    (0..participants).map(row).collect()
}

/// The level of one source in one of those rows, in %: 1 to 99.
pub fn dense_level(listener: usize, source: usize, round: usize) -> i64 {
    ((listener * 37 + source * 53 + listener * source + round * 17) % 99 + 1) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many different rows there are among those of some participants.
    fn kinds(rows: impl Iterator<Item = ParticipantMixerLevel>) -> usize {
        let mut kinds: Vec<_> = rows.map(|row| format!("{:?}{:?}", row.ducking, row.source_levels)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds.len()
    }

    #[test]
    fn rows_are_different_or_of_16_kinds() {
        assert_eq!(kinds((0..20_000).map(|n| own_levels(n, 0))), 20_000);
        // The first three participants do not list themselves.
        assert_eq!(kinds((4..10_000).map(|n| sixteen_kinds(n, 0))), 16);
        assert_eq!(kinds((4..10_000).flat_map(|n| [0, 1].map(|round| sixteen_kinds(n, round)))), 32);
    }

    #[test]
    fn every_dense_level_moves_from_round_to_round() {
        for (before, after) in dense(20, 0).iter().zip(dense(20, 1)) {
            assert_eq!(before.source_levels.len(), 19);
            let levels = before.source_levels.iter().zip(&after.source_levels);
            assert!(levels.into_iter().all(|(before, after)| before.level != after.level));
        }
    }
}
