//! The audio routing groups of a call, as clients see them: [`Groups`]. The mixer has the groups; here is only what it does
//! not know of them, their routing modes.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

#[cfg(feature = "cluster")]
use crate::cluster::Conference;
use crate::{
    Controller, GroupId, ParticipantId, PrivateGroup,
    config::{AudioRoutingGroup, RoutingMode},
    control::Changes,
    http::media::PROMPTS,
};

/// The routing modes of the groups that clients have made, by their ids, each with how many members it has. In a conference, whose
/// groups may be made at any node, there are none: there the members say the mode.
#[derive(Debug, Default)]
pub(in crate::http) struct Groups(Mutex<HashMap<String, (RoutingMode, usize)>>);

/// What has the groups of a call.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) enum Kept<'a> {
    Mixer(&'a Controller),
    #[cfg(feature = "cluster")]
    Conference(&'a Conference),
}

impl Kept<'_> {
    fn group(self, id: &str) -> Option<PrivateGroup> {
        match self {
            Self::Mixer(controller) => controller.private_group(id).ok(),
            #[cfg(feature = "cluster")]
            Self::Conference(_) => {
                self.all().into_iter().find(|(other, _)| other.as_str() == id).map(|(_, group)| group)
            }
        }
    }

    /// Whether a group is one by which a service lets prompts reach those outside the default group: the one here, or in a
    /// conference that of any node.
    pub fn is_own(self, id: &str) -> bool {
        match self {
            Self::Mixer(_) => id == PROMPTS,
            #[cfg(feature = "cluster")]
            Self::Conference(_) => {
                id.strip_prefix(PROMPTS).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            }
        }
    }

    fn all(self) -> Vec<(GroupId, PrivateGroup)> {
        match self {
            Self::Mixer(controller) => controller.private_groups(),
            #[cfg(feature = "cluster")]
            Self::Conference(conference) => conference.private_groups(),
        }
    }
}

/// The members of a group as the mixer has them.
pub(in crate::http) fn members_of(group: &AudioRoutingGroup) -> PrivateGroup {
    let members = |ids: &[String]| ids.iter().map(|id| ParticipantId::from(id.as_str())).collect::<Vec<_>>();
    PrivateGroup::new(members(&group.sources), members(&group.receivers))
}

impl Groups {
    /// A group of the call; none of the service's own.
    pub fn get(&self, kept: Kept<'_>, id: &str) -> Option<AudioRoutingGroup> {
        kept.group(id).filter(|_| !kept.is_own(id)).map(|group| self.shown(id, &group))
    }

    /// All groups of the call but the service's own, in the order of their ids.
    pub fn all(&self, kept: Kept<'_>) -> Vec<AudioRoutingGroup> {
        let groups = kept.all();
        let groups = groups.iter().map(|(id, group)| (id.as_str(), group));
        groups.filter(|(id, _)| !kept.is_own(id)).map(|(id, group)| self.shown(id, group)).collect()
    }

    /// Makes a group of the mixer, or replaces it; its members are in the call.
    pub fn set(&self, changes: &mut Changes<'_>, group: &AudioRoutingGroup) {
        if changes.set_private_group(group.id.as_str(), members_of(group)).is_ok() {
            let count = group.sources.len() + group.receivers.len();
            self.modes().insert(group.id.clone(), (group.routing_mode, count));
        }
    }

    /// A group of the mixer ends.
    pub fn forget(&self, id: &str) {
        self.modes().remove(id);
    }

    fn shown(&self, id: &str, group: &PrivateGroup) -> AudioRoutingGroup {
        let members = |ids: &BTreeSet<ParticipantId>| ids.iter().map(ToString::to_string).collect();
        let mode = self.modes().get(id).map(|(mode, _)| *mode);
        AudioRoutingGroup {
            id: id.to_owned(),
            routing_mode: mode.unwrap_or_else(|| mode_of(group)),
            sources: members(&group.sources),
            receivers: members(&group.receivers),
        }
    }

    /// How many clients have made; in a conference: how many there are.
    pub fn count(&self, kept: Kept<'_>) -> usize {
        match kept {
            Kept::Mixer(_) => self.modes().len(),
            #[cfg(feature = "cluster")]
            Kept::Conference(_) => kept.all().iter().filter(|(id, _)| !kept.is_own(id.as_str())).count(),
        }
    }

    /// How many members those have together but for this one.
    pub fn members_but_of(&self, kept: Kept<'_>, id: &str) -> usize {
        match kept {
            Kept::Mixer(_) => self.modes().iter().filter(|(other, _)| *other != id).map(|(_, (_, count))| count).sum(),
            #[cfg(feature = "cluster")]
            Kept::Conference(_) => {
                let others = kept.all().into_iter().filter(|(other, _)| other.as_str() != id);
                others.map(|(_, group)| group.sources.len() + group.receivers.len()).sum()
            }
        }
    }

    /// A poisoned lock is used as it is: a panic leaves no mode half set.
    fn modes(&self) -> MutexGuard<'_, HashMap<String, (RoutingMode, usize)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The mode of a group that the host has made: what its members would be in the API, if they can be anything there.
fn mode_of(group: &PrivateGroup) -> RoutingMode {
    match (group.sources.len(), group.receivers.len()) {
        (1, 1) => RoutingMode::OneToOne,
        (1, 2..) => RoutingMode::Multicast,
        _ => RoutingMode::UnknownFutureValue,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{JoinOptions, MixerConfig};

    #[test]
    fn a_group_of_the_host_has_the_mode_of_its_members() {
        let (controller, _processor) = MixerConfig::default().build().unwrap();
        for id in ["a", "b", "c"] {
            controller.join(id, JoinOptions::default()).unwrap();
        }
        let groups = Groups::default();
        for (sources, receivers, mode) in [
            (vec!["a"], vec!["b"], RoutingMode::OneToOne),
            (vec!["a"], vec!["b", "c"], RoutingMode::Multicast),
            (vec!["a", "b"], vec!["c"], RoutingMode::UnknownFutureValue),
            (vec![], vec!["c"], RoutingMode::UnknownFutureValue),
        ] {
            controller.set_private_group("g", PrivateGroup::new(sources, receivers)).unwrap();
            assert_eq!(groups.get(Kept::Mixer(&controller), "g").unwrap().routing_mode, mode);
        }
    }

    #[test]
    fn a_group_keeps_the_mode_that_a_client_gave_it() {
        let (controller, _processor) = MixerConfig::default().build().unwrap();
        for id in ["a", "b", "c"] {
            controller.join(id, JoinOptions::default()).unwrap();
        }
        let groups = Groups::default();
        let group = AudioRoutingGroup {
            id: "g".into(),
            routing_mode: RoutingMode::Multicast,
            sources: vec!["a".into()],
            receivers: vec!["b".into(), "c".into()],
        };
        controller.change(|changes| groups.set(changes, &group));
        assert_eq!(groups.all(Kept::Mixer(&controller)), std::slice::from_ref(&group));
        controller.leave("c").unwrap();
        let smaller = AudioRoutingGroup { receivers: vec!["b".into()], ..group };
        assert_eq!(groups.get(Kept::Mixer(&controller), "g"), Some(smaller));
        let kept = Kept::Mixer(&controller);
        assert_eq!((groups.count(kept), groups.members_but_of(kept, "h")), (1, 3));
        groups.forget("g");
        assert_eq!((groups.count(kept), groups.members_but_of(kept, "h")), (0, 0));
    }
}
