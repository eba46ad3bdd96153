//! The reasons for which an operation fails: [`Failure`], with the numbers and the words that clients read.

use std::{fmt, time::Duration};

use crate::config::ResultInfo;

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
            Self::CallEnded => f.write_str("the call ended before the levels were in a mix"),
            Self::NotMixedWithin(limit) => write!(
                f,
                "nothing was mixed within {} ms; the levels are in force, and will be heard if mixing goes on",
                limit.as_millis()
            ),
            Self::MixerGone => f.write_str("the call's mixer stopped before the levels were in a mix"),
            Self::ShutDown => f.write_str("the service was shut down before the levels were in a mix"),
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
