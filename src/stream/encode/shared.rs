//! What encode groups and the handles on them share: [`Shared`].

use std::sync::Arc;

use super::{options::EncodeOptions, readings::Counters};
use crate::{data::ports::StreamFormat, stream::relay::RelayCounters};

/// Shared by encode groups, their handles and their threads.
#[derive(Debug)]
pub(super) struct Shared {
    /// The mixer's format, and the samples of a packet at its rate.
    pub mixer: StreamFormat,
    pub packet: usize,
    pub options: EncodeOptions,
    pub counters: Counters,
    pub relay: Arc<RelayCounters>,
}
