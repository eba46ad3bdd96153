//! [`Shedding`]: what a mixer leaves out so that a tick takes less time. Pure data.

/// What a mixer leaves out so that its ticks take less time: nothing, by default. It never makes a source heard
/// that a listener does not hear otherwise: where a gain is 0, by a level, a route, a hold or a mute, it stays 0.
///
/// [`AudioThread::shed`](crate::AudioThread::shed) takes one; a [`LoadShedder`](crate::LoadShedder) chooses one by how
/// long ticks take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shedding {
    /// At most so many sources are heard, as if [`MixerConfig::loudest`](field@crate::MixerConfig::loudest) were not
    /// greater than this; at least 1. `None` leaves that as it is.
    pub loudest: Option<usize>,
    /// The gains and pans that listeners have for sources are set aside: what a listener hears it hears at gain 1, and
    /// what it does not hear, or not on one side, it goes on not hearing there. Ducking goes on. So listeners hear the same who do not otherwise:
    /// there are fewer mixes to make, to limit and to encode. Rows follow within 32 ticks, each over the smoothing time.
    pub plain_gains: bool,
    /// Sources that a listener's configuration lists, duckers, hold music and the sources of private groups count among the
    /// [`loudest`](Self::loudest) like all others. Otherwise they are heard in addition to them. A ducker that is left out
    /// ducks nobody.
    pub listed_compete: bool,
}

impl Shedding {
    /// Nothing is left out.
    pub const NONE: Self = Self { loudest: None, plain_gains: false, listed_compete: false };

    /// The number of seats that is left of this one.
    pub(crate) fn limit(&self, loudest: Option<usize>) -> Option<usize> {
        let most = self.loudest.map(|most| most.max(1));
        most.into_iter().chain(loudest).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lesser_of_two_limits_holds_and_somebody_is_always_heard() {
        let of = |loudest| Shedding { loudest, ..Shedding::NONE };
        assert_eq!([None, Some(9)].map(|limit| of(None).limit(limit)), [None, Some(9)]);
        assert_eq!([None, Some(9), Some(3)].map(|limit| of(Some(5)).limit(limit)), [Some(5), Some(5), Some(3)]);
        assert_eq!(of(Some(0)).limit(None), Some(1));
    }
}
