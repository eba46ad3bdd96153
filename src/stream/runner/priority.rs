//! The priority of a thread that ticks: asked of the system, and obtained. Sets the calling
//! thread's priority and no other's.

use serde::Serialize;
use thread_priority::Error;

/// The priority that the thread of a [`Runner`](super::Runner) asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Priority {
    /// Before all ordinary threads: on Unix the policy SCHED_FIFO at priority 20, elsewhere the
    /// highest that there is. Where the system does not allow it, the thread goes on with the
    /// priority that it has, and the readings say why.
    ///
    /// On Linux this takes the right CAP_SYS_NICE or a limit on real-time priority (`ulimit -r`,
    /// RLIMIT_RTPRIO, LimitRTPRIO= of systemd) of at least 20. Threads and processes that the
    /// thread starts inherit its priority: start them elsewhere.
    #[default]
    RealTime,
    /// The priority of the thread that starts the runner.
    Normal,
}

/// The priority that the thread of a [`Runner`](super::Runner) has obtained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "obtained", rename_all = "camelCase")]
#[non_exhaustive]
pub enum ObtainedPriority {
    /// That of [`Priority::RealTime`].
    RealTime,
    /// That of [`Priority::Normal`], as it was asked for.
    Normal,
    /// Asked for real time, the system refused. The thread goes on as [`Priority::Normal`].
    Refused {
        /// What the system said.
        reason: String,
    },
}

impl Priority {
    /// Sets the priority of the calling thread. May allocate.
    pub(super) fn obtain(self) -> ObtainedPriority {
        match self {
            Self::Normal => ObtainedPriority::Normal,
            Self::RealTime => match ask_for_real_time() {
                Ok(()) => ObtainedPriority::RealTime,
                Err(error) => ObtainedPriority::Refused { reason: reason(&error) },
            },
        }
    }
}

#[cfg(unix)]
fn ask_for_real_time() -> Result<(), Error> {
    use thread_priority::{
        RealtimeThreadSchedulePolicy, ThreadPriority, ThreadPriorityValue, ThreadSchedulePolicy,
        set_thread_priority_and_policy, thread_native_id,
    };
    /// Above everything that is not real time, below the interrupts of the sound card and the
    /// network, which Linux has at 50.
    const FIFO_PRIORITY: u8 = 20;
    let value = ThreadPriorityValue::try_from(FIFO_PRIORITY).map_err(|_| Error::Priority("out of range"))?;
    let fifo = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::Fifo);
    set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Crossplatform(value), fifo)
}

#[cfg(not(unix))]
fn ask_for_real_time() -> Result<(), Error> {
    thread_priority::ThreadPriority::Max.set_for_current()
}

fn reason(error: &Error) -> String {
    match error {
        Error::OS(code) => std::io::Error::from_raw_os_error(*code).to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_asked_for_is_not_changed() {
        assert_eq!(Priority::Normal.obtain(), ObtainedPriority::Normal);
    }

    #[test]
    fn real_time_is_given_or_refused_with_a_reason() {
        let obtained = std::thread::spawn(|| Priority::RealTime.obtain()).join().unwrap();
        match obtained {
            ObtainedPriority::RealTime => {}
            ObtainedPriority::Refused { reason } => assert!(!reason.is_empty()),
            ObtainedPriority::Normal => panic!("was asked for real time"),
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_refusal_is_in_the_words_of_the_system() {
        assert_eq!(reason(&Error::OS(1)), "Operation not permitted (os error 1)");
        let refused = ObtainedPriority::Refused { reason: "no".into() };
        let json = serde_json::json!({ "obtained": "refused", "reason": "no" });
        assert_eq!(serde_json::to_value(refused).unwrap(), json);
    }
}
