//! What listeners are configured with.

use mixminus::config::{Ducking, ParticipantMixerLevel, SourceLevel};

/// The n-th participant's row, like nobody else's: three sources at levels of their own, the first of them a ducker.
pub fn own_levels(n: usize, round: usize) -> ParticipantMixerLevel {
    let lower_level = 10 + (n / 10_000) as i64;
    let ducking = Ducking { ramp_active: 50, ramp_inactive: 200, lower_level, upper_level: 100 };
    let digits = [n % 100, n / 100 % 100, n * 31 % 100];
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

/// The same with ramps so long that the ducking goes on moving for as long as a talker takes turns in [`Room::ducking`](crate::room::Room::ducking).
pub fn slow_ducking(n: usize) -> ParticipantMixerLevel {
    let row = own_levels(n, 0);
    let ducking = row.ducking.map(|ducking| Ducking { ramp_active: 5000, ramp_inactive: 5000, ..ducking });
    ParticipantMixerLevel { ducking, ..row }
}

/// The n-th participant's row, which lists so many of the talkers, spread over all of them, at levels of their own.
pub fn exceptions(n: usize, talkers: usize, listed: usize) -> ParticipantMixerLevel {
    let source = |k: usize| (n + 1 + k * talkers / (listed + 1)) % talkers;
    let sources = (0..listed).map(source).filter(|source| *source != n);
    let source_levels =
        sources.map(|source| SourceLevel { level: dense_level(n, source, 0), ..SourceLevel::new(source.to_string()) });
    ParticipantMixerLevel { source_levels: source_levels.collect(), ..ParticipantMixerLevel::new(n.to_string()) }
}

/// The same, and all but the first one of them are ducked, along ramps as long as those of [`slow_ducking`].
pub fn ducked_exceptions(n: usize, talkers: usize, listed: usize) -> ParticipantMixerLevel {
    let mut row = exceptions(n, talkers, listed);
    row.source_levels.retain(|level| level.participant != "0");
    if n != 0 {
        row.source_levels.push(SourceLevel { duck_others: true, ..SourceLevel::new("0") });
    }
    row.ducking = slow_ducking(n).ducking;
    row
}

/// The row of the n-th participant, if it is to hear nobody.
pub fn deaf(n: usize) -> ParticipantMixerLevel {
    ParticipantMixerLevel { exclusive: true, ..ParticipantMixerLevel::new(n.to_string()) }
}

/// Rows in which everybody lists everybody else at a level of its own. Every level is another in the next round.
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

    #[test]
    fn no_row_is_like_another() {
        let rows: Vec<_> = (0..20_000).map(|n| own_levels(n, 0)).collect();
        let mut kinds: Vec<_> = rows.iter().map(|row| format!("{:?}{:?}", row.ducking, row.source_levels)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds.len(), rows.len());
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
