//! `…/audioRoutingGroups`: private routes, each from a source to its receivers. A file for all of them and one for one.

mod all;
mod one;

pub(super) use all::{__path_create, __path_groups, create, groups};
pub(super) use one::{__path_group, __path_remove, __path_update, group, remove, update};

use std::{sync::Arc, time::Duration};

use crate::{
    config::{AudioRoutingGroup, ErrorCode, ProposedGroup, RequestError},
    http::{Limits, calls::Call, refused::Refused},
};

use super::action;

/// Puts a group in force, or nothing of it: its rules are checked, it may be refused because of what its answer takes, and who
/// is in the call is looked up under the controller's lock.
fn put_in_force(
    call: &Arc<Call>,
    group: ProposedGroup,
    limits: &Limits,
    admit_answer: impl FnOnce(&AudioRoutingGroup) -> Result<(), Refused>,
) -> Result<AudioRoutingGroup, Refused> {
    let (participants, most) = (group.participants(), limits.listeners);
    if participants > most {
        let message = format!("the group names {participants} participants; at most {most} are taken");
        return Err(Refused::new(ErrorCode::RequestTooLarge, message));
    }
    if participants + call.groups.members_but_of(group.id()) > limits.group_members {
        let most = limits.group_members;
        let message = format!("the audioRoutingGroups of this call would have over {most} members: delete one first");
        return Err(Refused::new(ErrorCode::TooManyRequests, message).retry_after(Duration::from_secs(1)));
    }
    admit_answer(group.group())?;
    #[cfg(feature = "cluster")]
    require_here(call, group.group())?;
    let _place = action::admit(call)?;
    let set = call.controller.change(|changes| {
        let checked = group.check(|id| changes.is_here(id)).cloned();
        checked.inspect(|group| call.groups.set(changes, group))
    });
    set.0.map_err(|absent| RequestError::from(group.into_faults(absent)).into())
}

/// That none of a group's members is at another node: the group would be heard at one node and not at another.
#[cfg(feature = "cluster")]
fn require_here(call: &Call, group: &AudioRoutingGroup) -> Result<(), Refused> {
    let Some(nodes) = &call.nodes else { return Ok(()) };
    let members = group.sources.iter().chain(&group.receivers);
    // Who is not in the conference at all is a fault of the group.
    let mut members = members.filter(|id| nodes.conference.is_here(id));
    members.try_for_each(|id| nodes.require_here(id))
}

/// The group of this id.
fn named(call: &Call, id: &str) -> Result<AudioRoutingGroup, Refused> {
    let message = || format!("there is no audioRoutingGroup \"{id}\" in this call");
    call.groups.get(&call.controller, id).ok_or_else(|| Refused::new(ErrorCode::NotFound, message()))
}
