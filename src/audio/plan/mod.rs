//! The third step of a tick: who hears the same, and how that is made. The [`Planner`] hands on [`Groups`], with a
//! [`Recipe`] for each channel.

mod cache;
mod compose;
mod contributors;
mod groups;
mod planner;
mod recipe;
mod row_gains;
mod row_key;
mod shared_sums;

pub(crate) use contributors::is_in_mix;
pub(crate) use groups::Groups;
pub(crate) use planner::Planner;
pub(crate) use recipe::{Moves, Recipe, Sparse, SparseKind, Terms};
pub(crate) use row_gains::{Gain, RowGains};
pub(crate) use shared_sums::SharedSums;
