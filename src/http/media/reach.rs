//! To whom prompts are played: [`Reach`]. The default group hears them as any of its sources; who is outside of it hears
//! them by a private group, which is kept up while they are played.

use std::collections::BTreeSet;
#[cfg(feature = "cluster")]
use std::time::{Duration, Instant};

use super::{names::PROMPTS, parts::Parts};
#[cfg(feature = "cluster")]
use crate::cluster::{Conference, ConferenceError};
use crate::{Controller, Direction, Generation, ParticipantId, PrivateGroup, Routing};

/// Lets everybody hear the prompts.
#[derive(Debug, Default)]
pub(super) struct Reach {
    /// The generation that it was refreshed with.
    seen: Option<Generation>,
    /// Who was outside at all nodes, and when that was looked up.
    #[cfg(feature = "cluster")]
    told: Option<(BTreeSet<ParticipantId>, Instant)>,
}

/// How often it is looked who is outside at all nodes.
#[cfg(feature = "cluster")]
const LOOK: Duration = Duration::from_millis(100);

impl Reach {
    /// Lets those hear the prompts who have come, or were routed anew, since the last time. Costs a comparison if nothing
    /// in the call has changed.
    pub fn refresh(&mut self, parts: &Parts, speaker: &str) {
        #[cfg(feature = "cluster")]
        if let Some(following) = &parts.following {
            return self.refresh_nodes(&following.conference, speaker);
        }
        self.refresh_mixer(&parts.controller, speaker);
    }

    /// The same at all nodes of a conference, whose group has the id of the speaker. It is not waited for.
    #[cfg(feature = "cluster")]
    fn refresh_nodes(&mut self, conference: &Conference, speaker: &str) {
        if self.told.as_ref().is_some_and(|(_, looked)| looked.elapsed() < LOOK) {
            return;
        }
        let all = conference.participants().into_iter();
        let outside = all.filter(|one| one.direction != Direction::Source && one.routing != Routing::DefaultGroup);
        let outside: BTreeSet<_> = outside.map(|one| one.id).collect();
        let is_new = self.told.as_ref().is_none_or(|(told, _)| *told != outside);
        let done = match (is_new, outside.is_empty()) {
            (false, _) => Ok(()),
            (true, false) => {
                conference.set_private_group(speaker, &PrivateGroup::new([speaker], outside.clone())).map(drop)
            }
            (true, true) => match conference.remove_private_group(speaker) {
                Err(ConferenceError::UnknownGroup { .. }) => Ok(()),
                ended => ended.map(drop),
            },
        };
        // If somebody has left at this moment, it is done again.
        self.told = done.is_ok().then(|| (outside, Instant::now()));
    }

    fn refresh_mixer(&mut self, controller: &Controller, speaker: &str) {
        let published = controller.published();
        if self.seen == Some(published) {
            return;
        }
        let outside = outside(controller);
        let (reached, wanted) = (controller.private_group(PROMPTS).ok(), PrivateGroup::new([speaker], outside));
        self.seen = match reached {
            Some(reached) if reached == wanted => Some(published),
            None if wanted.receivers.is_empty() => Some(published),
            Some(_) if wanted.receivers.is_empty() => controller.remove_private_group(PROMPTS).ok(),
            // If somebody has left at this moment, it is done again.
            _ => controller.set_private_group(PROMPTS, wanted).ok(),
        };
    }
}

/// Those who hear, and do not hear the default group.
fn outside(controller: &Controller) -> BTreeSet<ParticipantId> {
    let all = controller.participants().into_iter();
    let outside = all.filter(|one| one.direction != Direction::Source && one.routing != Routing::DefaultGroup);
    outside.map(|one| one.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{JoinOptions, MixerConfig};

    #[test]
    fn prompts_reach_those_who_are_outside_the_default_group_too() {
        let (controller, _processor) = MixerConfig::default().build().unwrap();
        let join = |id, routing| controller.join(id, JoinOptions { routing, ..JoinOptions::default() }).unwrap();
        join(PROMPTS, Routing::DefaultGroup);
        join("anna", Routing::DefaultGroup);
        let hear = || ["anna", "ben", "carol"].map(|id| controller.is_routed(id, PROMPTS) == Ok(true));
        let mut reach = Reach::default();
        reach.refresh_mixer(&controller, PROMPTS);
        assert!(controller.private_groups().is_empty());
        join("ben", Routing::Apart);
        join("carol", Routing::Role("guest".into()));
        assert_eq!(hear(), [true, false, false]);
        reach.refresh_mixer(&controller, PROMPTS);
        assert_eq!(hear(), [true, true, true]);
        controller.leave("carol").unwrap();
        controller.set_routing("ben", Routing::DefaultGroup).unwrap();
        reach.refresh_mixer(&controller, PROMPTS);
        assert!(controller.private_groups().is_empty());
        assert_eq!(hear(), [true, true, false]);
    }
}
