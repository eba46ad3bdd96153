//! Replacing whole configurations: from levels or a request to one change of the registry.

use std::convert::Infallible;

use super::{
    Controller,
    events::{Event, Events},
};
use crate::{
    config::{Absent, Faults, ParticipantMixerLevel, UncheckedRequest},
    data::id::Generation,
};

impl Controller {
    /// Replaces whole configurations: all of them or, if any breaks a rule, none.
    ///
    /// ```
    /// # use mixminus::{JoinOptions, MixerConfig, config::{ParticipantMixerLevel, SourceLevel}};
    /// # let (controller, _processor) = MixerConfig::default().build()?;
    /// controller.join("anna", JoinOptions::default())?;
    /// let mut anna = ParticipantMixerLevel::new("anna");
    /// anna.source_levels.push(SourceLevel { level: 110, ..SourceLevel::new("zoe") });
    /// let faults = controller.configure(&[anna]).unwrap_err();
    /// assert_eq!(faults.len(), 2, "zoe is not in the call, and 110 is over 100");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Every fault of the request, with its JSON path.
    pub fn configure(&self, levels: &[ParticipantMixerLevel]) -> Result<Generation, Faults> {
        self.configure_request(UncheckedRequest::new(levels))
    }

    /// Replaces whole configurations as a request has them: all of them or, if it has a fault, none.
    ///
    /// The rules were checked when the request was made. The lock is taken once, both to look up
    /// who is in the call and to make the change, so that nobody can leave between the two.
    ///
    /// # Errors
    /// Every fault of the request, with its JSON path.
    pub fn configure_request(&self, request: UncheckedRequest<'_>) -> Result<Generation, Faults> {
        let admit = || Ok::<_, Infallible>(());
        match self.change(|changes| changes.apply(&request, admit)) {
            (Ok(_), generation) => Ok(generation),
            (Err(absent), generation) => Err(refused(request, absent, generation)),
        }
    }
}

/// The faults of a request that `Changes::apply` has refused. Emits the event of it. Not to be
/// called under a lock: there may be very many faults, and a subscriber may be slow.
pub(crate) fn refused(request: UncheckedRequest<'_>, absent: Absent, published: Generation) -> Faults {
    let faults = request.into_faults(absent);
    Events::refused(published, || Event::misconfigured(&faults));
    faults
}

#[cfg(test)]
pub(super) mod tests {
    use std::{cell::Cell, time::Duration};

    use crate::{
        JoinOptions, MixerConfig,
        config::{ParticipantMixerLevel, SourceLevel, UncheckedRequest},
    };

    thread_local! {
        /// How often this thread has taken the controllers' lock.
        pub static LOCKED: Cell<usize> = const { Cell::new(0) };
    }

    #[test]
    fn a_request_takes_the_lock_once_whether_it_has_faults_or_not() {
        let (controller, _processor) = MixerConfig::default().build().unwrap();
        for id in ["anna", "ben", "carol"] {
            controller.join(id, JoinOptions::default()).unwrap();
        }
        let levels = |ids: &[&str]| {
            let source_levels = ids.iter().copied().map(SourceLevel::new).collect();
            [ParticipantMixerLevel { source_levels, ..ParticipantMixerLevel::new("anna") }]
        };
        for (ids, faults) in [(["ben", "carol"], 0), (["ben", "zoe"], 1), (["yves", "zoe"], 2)] {
            let levels = levels(&ids);
            LOCKED.set(0);
            let configured = controller.configure_request(UncheckedRequest::new(&levels));
            assert_eq!((LOCKED.get(), configured.map_or_else(|faults| faults.len(), |_| 0)), (1, faults));
            LOCKED.set(0);
            assert_eq!((controller.configure(&levels).is_ok(), LOCKED.get()), (faults == 0, 1));
        }
    }

    #[test]
    fn nobody_leaves_between_the_check_of_a_request_and_its_change() {
        let (controller, _processor) = MixerConfig::default().build().unwrap();
        for id in ["anna", "ben"] {
            controller.join(id, JoinOptions::default()).unwrap();
        }
        let level = ParticipantMixerLevel {
            source_levels: vec![SourceLevel::new("ben")],
            ..ParticipantMixerLevel::new("anna")
        };
        let levels = [level];
        let request = UncheckedRequest::new(&levels);
        let (leaving, _) = controller.change(|changes| {
            let leave = || {
                let controller = controller.clone();
                let leaving = std::thread::spawn(move || controller.leave("ben"));
                std::thread::sleep(Duration::from_millis(20));
                // The request has passed its check, so the participant has to wait.
                if leaving.is_finished() { Err(()) } else { Ok(leaving) }
            };
            let leaving = changes.apply(&request, leave).unwrap().unwrap();
            assert_eq!(changes.configuration("anna").unwrap().sources[0].source.as_str(), "ben");
            leaving
        });
        leaving.join().unwrap().unwrap();
        assert!(controller.configuration("anna").unwrap().sources.is_empty());
        assert_eq!(controller.configure(&levels).unwrap_err().len(), 1);
    }
}
