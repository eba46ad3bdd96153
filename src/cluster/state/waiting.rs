//! The parts of changes that a node has, until they are mixed: [`Parts`]. Pure data.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    Generation,
    cluster::{
        NodeName,
        message::{Act, Seen},
    },
};

/// The change that a part is of: the node that has begun it, and its number there.
pub(super) type Of = (NodeName, u64);

/// The parts that this node has.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// Those that name somebody of whom nothing has come yet.
    pub early: BTreeMap<Of, (Vec<Act>, Vec<Seen>, Duration)>,
    /// Those that are possible, until they are to be done.
    pub ready: BTreeMap<Of, (Vec<Act>, Duration)>,
    /// Those that are done, and not mixed yet.
    pub done: Vec<(Of, Generation)>,
}
