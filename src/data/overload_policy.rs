//! [`OverloadPolicy`]: what is left out of the mixes when ticks take too long, and when. Pure data.

use super::shedding::Shedding;

/// When a [`LoadShedder`](crate::LoadShedder) has less mixed, and when more again.
///
/// The time of a tick is what its thread takes for it as a whole: reading the ports, mixing, and what the host does
/// with the mixes. So a host that encodes on that thread is relieved, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverloadPolicy {
    /// A tick is too long that takes more than so much of its time, in percent.
    pub over_percent: u32,
    /// After so many ticks in a row that are too long, the next step is taken: at least 1. One alone says nothing: the
    /// system may have run something else.
    pub over_ticks: u32,
    /// After this long in which hardly any tick was too long, at most one in twenty, the last step is taken back, to
    /// see whether there is time for it now. Where there is not, it is taken again after
    /// [`over_ticks`](Self::over_ticks), and the next try waits twice as long, up to 64 times this.
    pub recover_ms: u32,
    /// What is left out: the first step is the mildest. An empty list leaves out nothing, ever. If all steps together do
    /// not save a tenth of a tick's time, it is not the mixing that takes long: then all are taken back, and tried again
    /// after the longest wait.
    pub steps: Vec<Shedding>,
}

impl Default for OverloadPolicy {
    /// Five ticks in a row over 80 % are too many; 2 s without are enough for a try. The loudest 16, 8 and 4 sources are
    /// heard beside those that are listed; then these at plain gains, so that mixes are shared; then four in all, which
    /// takes next to no time whatever is configured.
    fn default() -> Self {
        let loudest = |loudest| Shedding { loudest: Some(loudest), ..Shedding::NONE };
        let shared = Shedding { plain_gains: true, ..loudest(4) };
        let least = Shedding { listed_compete: true, ..shared };
        let steps = vec![loudest(16), loudest(8), loudest(4), shared, least];
        Self { over_percent: 80, over_ticks: 5, recover_ms: 2000, steps }
    }
}
