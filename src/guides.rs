//! One page for each use that hosts ask for most, with a whole program on each, which the tests run.

#[doc = include_str!("../docs/coaching.md")]
pub mod coaching {}

#[doc = include_str!("../docs/translation.md")]
pub mod translation {}

#[doc = include_str!("../docs/voice_agents.md")]
pub mod voice_agents {}

#[doc = include_str!("../docs/hold_and_announcements.md")]
pub mod hold_and_announcements {}

#[doc = include_str!("../docs/overload_and_failure.md")]
pub mod overload_and_failure {}

#[cfg(feature = "cluster")]
#[cfg_attr(docsrs, doc(cfg(feature = "cluster")))]
#[doc = include_str!("../docs/scaling.md")]
pub mod scaling {}
