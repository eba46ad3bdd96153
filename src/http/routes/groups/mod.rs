//! `…/audioRoutingGroups`: private routes, each from a source to its receivers. A file for all of them and one for one.

mod all;
mod one;

pub(super) use all::{__path_create, __path_groups, create, groups};
pub(super) use one::{__path_group, __path_remove, __path_update, group, remove, update};

use std::{sync::Arc, time::Duration};

#[cfg(feature = "cluster")]
use crate::http::calls::{Nodes, members_of};
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
    if participants + call.groups.members_but_of(call.kept_groups(), group.id()) > limits.group_members {
        let most = limits.group_members;
        let message = format!("the audioRoutingGroups of this call would have over {most} members: delete one first");
        return Err(Refused::new(ErrorCode::TooManyRequests, message).retry_after(Duration::from_secs(1)));
    }
    admit_answer(group.group())?;
    let _place = action::admit(call)?;
    #[cfg(feature = "cluster")]
    if let Some(nodes) = &call.nodes {
        return put_in_force_on_nodes(nodes, group);
    }
    let set = call.controller.change(|changes| {
        let checked = group.check(|id| changes.is_here(id)).cloned();
        checked.inspect(|group| call.groups.set(changes, group))
    });
    set.0.map_err(|absent| RequestError::from(group.into_faults(absent)).into())
}

/// The same at all nodes of a conference. Waits until they have done it.
#[cfg(feature = "cluster")]
fn put_in_force_on_nodes(nodes: &Nodes, group: ProposedGroup) -> Result<AudioRoutingGroup, Refused> {
    let checked = group.check(|id| nodes.conference.is_here(id)).cloned();
    let group = checked.map_err(|absent| RequestError::from(group.into_faults(absent)))?;
    let change = nodes.conference.set_private_group(group.id.as_str(), &members_of(&group))?;
    nodes.done(change, "made the group")?;
    Ok(group)
}

/// The group of this id.
fn named(call: &Call, id: &str) -> Result<AudioRoutingGroup, Refused> {
    let message = || format!("there is no audioRoutingGroup \"{id}\" in this call");
    call.groups.get(call.kept_groups(), id).ok_or_else(|| Refused::new(ErrorCode::NotFound, message()))
}
