//! How operations end: [`End`], and the reasons for which they fail with their call: [`Failure`], with the numbers and
//! the words that clients read.

use std::{fmt, time::Duration};

use crate::config::{CompletionReason, ResultInfo};

/// How an operation has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::http) enum End {
    /// Its change is in a mix.
    Mixed,
    /// It was a prompt, and was played or cancelled.
    Played(CompletionReason),
    Failed(Failure),
    /// It was a prompt, and could not be played.
    Unplayed(ResultInfo),
    /// It was for several nodes, and one of them has not done its part.
    #[cfg(feature = "cluster")]
    Elsewhere(ResultInfo),
}

impl End {
    /// Why it has failed, if it has.
    pub fn info(&self) -> Option<ResultInfo> {
        match self {
            Self::Mixed | Self::Played(_) => None,
            Self::Failed(failure) => Some(failure.info()),
            Self::Unplayed(info) => Some(info.clone()),
            #[cfg(feature = "cluster")]
            Self::Elsewhere(info) => Some(info.clone()),
        }
    }

    /// How a prompt has ended.
    pub fn completion_reason(&self) -> Option<CompletionReason> {
        if let Self::Played(reason) = self { Some(*reason) } else { None }
    }
}

/// Why an operation has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Failure {
    CallEnded,
    NotMixedWithin(Duration),
    MixerGone,
    ShutDown,
}

impl Failure {
    /// The result of the failed operation, as clients read it.
    pub fn info(self) -> ResultInfo {
        let (code, subcode) = match self {
            Self::CallEnded => (410, 1),
            Self::NotMixedWithin(_) => (504, 2),
            Self::MixerGone => (500, 3),
            Self::ShutDown => (503, 4),
        };
        ResultInfo { code, subcode, message: self.to_string() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CallEnded => f.write_str("the call ended before the change was in a mix"),
            Self::NotMixedWithin(limit) => write!(
                f,
                "nothing was mixed within {} ms; the change is in force, and will be heard if mixing goes on",
                limit.as_millis()
            ),
            Self::MixerGone => f.write_str("the call's mixer stopped before the change was in a mix"),
            Self::ShutDown => f.write_str("the service was shut down before the change was in a mix"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_has_its_own_numbers_and_words() {
        let limit = Duration::from_millis(1500);
        let all = [Failure::CallEnded, Failure::NotMixedWithin(limit), Failure::MixerGone, Failure::ShutDown];
        let infos = all.map(Failure::info);
        assert_eq!(infos.each_ref().map(|info| (info.code, info.subcode)), [(410, 1), (504, 2), (500, 3), (503, 4)]);
        assert!(infos[1].message.starts_with("nothing was mixed within 1500 ms;"), "{}", infos[1].message);
    }
}
