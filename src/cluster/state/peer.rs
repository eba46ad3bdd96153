//! Another node, as this one knows it: [`Peer`].

use std::{collections::HashMap, sync::Arc, time::Duration};

use crate::{
    ParticipantKey,
    cluster::{
        NodeName,
        entry::Place,
        message::Change,
        meters::{LinkMeters, Played},
        readings::{LinkCounts, LinkHealth, LinkReadings},
    },
};

/// How many other nodes there may be.
pub(in crate::cluster) const MOST_PEERS: usize = 64;

/// Another node.
#[derive(Debug)]
pub(in crate::cluster) struct Peer {
    /// That of what is running; 0 before anything has come.
    pub incarnation: u64,
    /// How far its list of participants is known; 0 if it is not.
    pub revision: u64,
    /// What has come of its whole list.
    pub(super) list: Vec<(String, Change)>,
    pub health: LinkHealth,
    /// When something came from it last.
    pub(super) heard: Duration,
    pub(super) lost_since: Option<Duration>,
    pub(super) asked: Option<Duration>,
    /// When it was told all that it asked for last.
    pub(super) answered: Option<Duration>,
    /// When it was told of the settings last.
    pub(super) settled: Option<Duration>,
    /// Whose samples its ticks name.
    pub keys: HashMap<Place, ParticipantKey>,
    pub counts: LinkCounts,
    /// The next of its ticks that is played here.
    pub played: u64,
    pub meters: Arc<LinkMeters>,
}

impl Peer {
    pub fn new(now: Duration) -> Self {
        Self {
            incarnation: 0,
            revision: 0,
            list: Vec::new(),
            health: LinkHealth::Joining,
            heard: now,
            lost_since: None,
            asked: None,
            answered: None,
            settled: None,
            keys: HashMap::new(),
            counts: LinkCounts::default(),
            played: 0,
            meters: Arc::default(),
        }
    }

    /// How long nothing has come from it.
    pub fn silence(&self, now: Duration) -> Duration {
        now.saturating_sub(self.heard)
    }

    /// How the link from it is.
    pub fn readings(&self, node: &NodeName, participants: usize, now: Duration) -> LinkReadings {
        let Played { lost, late, duplicates, underruns, wait_ms, target_ms, drift_ppm } = self.meters.read();
        let LinkCounts { ticks, bytes, malformed, unknown_sources, refused_sources, overruns, restarts, losses } =
            self.counts;
        LinkReadings {
            silent_ms: u64::try_from(self.silence(now).as_millis()).unwrap_or(u64::MAX),
            participants,
            lost_ticks: lost,
            late_ticks: late,
            duplicate_ticks: duplicates,
            underruns,
            wait_ms,
            target_ms,
            drift_ppm,
            node: node.as_str().to_owned(),
            health: self.health,
            ticks,
            bytes,
            overruns,
            malformed,
            unknown_sources,
            refused_sources,
            restarts,
            losses,
        }
    }
}
