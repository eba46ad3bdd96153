//! To whom prompts are played: [`Reach`]. The default group hears them as any of its sources; who is outside of it hears
//! them by a private group, which is kept up while they are played.

use std::collections::BTreeSet;

use super::names::PROMPTS;
use crate::{Controller, Direction, Generation, ParticipantId, PrivateGroup, Routing};

/// Lets everybody hear the prompts.
#[derive(Debug, Default)]
pub(super) struct Reach {
    /// The generation that it was refreshed with.
    seen: Option<Generation>,
}

impl Reach {
    /// Lets those hear the prompts who have come, or were routed anew, since the last time. Costs a comparison if nothing
    /// in the call has changed.
    pub fn refresh(&mut self, controller: &Controller, speaker: &str) {
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
        reach.refresh(&controller, PROMPTS);
        assert!(controller.private_groups().is_empty());
        join("ben", Routing::Apart);
        join("carol", Routing::Role("guest".into()));
        assert_eq!(hear(), [true, false, false]);
        reach.refresh(&controller, PROMPTS);
        assert_eq!(hear(), [true, true, true]);
        controller.leave("carol").unwrap();
        controller.set_routing("ben", Routing::DefaultGroup).unwrap();
        reach.refresh(&controller, PROMPTS);
        assert!(controller.private_groups().is_empty());
        assert_eq!(hear(), [true, true, false]);
    }
}
