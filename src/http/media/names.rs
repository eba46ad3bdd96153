//! The ids of the service's own participants.

/// With what they begin.
pub(super) const OWN: char = '$';
/// The participant that plays prompts, and the group by which they reach those outside the default group.
pub(in crate::http) const PROMPTS: &str = "$prompts";
/// The participant that plays the call's hold music. Music of a client's own has a number behind it.
pub(super) const MUSIC: &str = "$holdMusic";
