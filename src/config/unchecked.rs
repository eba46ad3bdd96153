//! A request on its way into force: [`UncheckedRequest`], which has to be checked against a call,
//! and [`Checked`], the proof that it was.
//!
//! The rules run once, when an [`UncheckedRequest`] is made. Who is in the call is looked up when
//! it is put in force, under the same lock.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, Error};

use super::{
    ConfigureMixerRequest, Faults, ParticipantMixerLevel, findings::Findings, naming::Naming, raw::Raw, walk::walk,
};

/// A request whose values are checked, while it is open whether everybody it names is in the call.
///
/// It has its faults with it, if it has any:
/// [`Controller::configure_request`](crate::Controller::configure_request) puts it in force or
/// returns all of them. Made from a body by `read_json` or by serde, or from typed levels.
///
/// ```
/// use mixminus::{JoinOptions, MixerConfig, config::{Malformed, UncheckedRequest, read_json}};
///
/// # let (controller, _processor) = MixerConfig::default().build()?;
/// controller.join("anna", JoinOptions::default())?;
/// let read = |body: &str| read_json::<UncheckedRequest>(body.as_bytes());
/// let request = read(r#"{"participantMixerLevels": [{"participant": "anna", "exclusive": true}]}"#)?;
/// controller.configure_request(request)?;
/// assert!(controller.configuration("anna")?.exclusive);
///
/// let faulty = read(r#"{"participantMixerLevels": [{"participant": "zoe", "exclusive": 1}]}"#)?;
/// assert_eq!(controller.configure_request(faulty).unwrap_err().len(), 2, "zoe is not in the call, and 1 is no flag");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct UncheckedRequest<'a> {
    client_context: Option<String>,
    levels: Cow<'a, [ParticipantMixerLevel]>,
    /// Has every fault, but for participants who are not in the call.
    findings: Findings,
}

impl<'a> UncheckedRequest<'a> {
    /// A request without a client context. Takes time in proportion to the number of entries.
    pub fn new(levels: &'a [ParticipantMixerLevel]) -> Self {
        let mut findings = Findings::default();
        findings.levels(levels);
        Self { client_context: None, levels: Cow::Borrowed(levels), findings }
    }

    /// The client's own text, if the request has one that could be read.
    pub fn client_context(&self) -> Option<&str> {
        self.client_context.as_deref()
    }

    /// How many listeners the request configures, entries with faults included.
    pub fn listeners(&self) -> usize {
        self.findings.listeners(self.levels.len())
    }

    /// Checks the request against a call: `is_here` says whether an id is in it, and is called once
    /// an id and list.
    ///
    /// A call that others change meanwhile may have changed when this returns;
    /// [`Controller::configure_request`](crate::Controller::configure_request) leaves no such gap.
    ///
    /// # Errors
    ///
    /// Every fault, each with its path in the request.
    pub fn check(self, is_here: impl Fn(&str) -> bool) -> Result<ConfigureMixerRequest, Faults> {
        if let Err(absent) = self.check_in(&mut (), |(), id| is_here(id)) {
            return Err(self.into_faults(absent));
        }
        let participant_mixer_levels = self.levels.into_owned();
        Ok(ConfigureMixerRequest { client_context: self.client_context, participant_mixer_levels })
    }

    /// Checks the request against a call, which stays borrowed until the levels are put in force.
    pub(crate) fn check_in<'c, C>(
        &'c self,
        call: &'c mut C,
        is_here: impl Fn(&C, &str) -> bool,
    ) -> Result<Checked<'c, C>, Absent> {
        let absent = self.findings.absent(&*self.levels, |id| is_here(call, id));
        match self.findings.faults.is_empty() && absent.is_empty() {
            true => Ok(Checked { levels: &self.levels, call }),
            false => Err(Absent(absent)),
        }
    }

    /// Every fault of a request that has not passed a check, in order.
    ///
    /// Apart from the check, which may run under a lock.
    pub(crate) fn into_faults(self, absent: Absent) -> Faults {
        let faults = self.findings.into_faults(absent.0, &*self.levels);
        faults.expect("a check fails for a fault or for somebody absent")
    }
}

/// The participants whom a check did not find in the call.
#[derive(Debug)]
pub(crate) struct Absent(Vec<Naming>);

/// Levels that keep every rule, together with the call that they were checked against.
///
/// Only [`UncheckedRequest::check_in`] makes one. It borrows the call exclusively: nobody can leave
/// the call as long as it exists, so the check cannot be outdated.
#[derive(Debug)]
pub(crate) struct Checked<'c, C> {
    levels: &'c [ParticipantMixerLevel],
    call: &'c mut C,
}

impl<'c, C> Checked<'c, C> {
    /// The levels, and the call to put them in force in.
    pub fn into_parts(self) -> (&'c [ParticipantMixerLevel], &'c mut C) {
        (self.levels, self.call)
    }
}

/// Checks levels against every rule: `is_here` says whether an id is in the call.
///
/// Takes time in proportion to the number of entries, and asks `is_here` at most once an entry.
///
/// # Errors
///
/// Every broken rule, each with its path in the request that has these levels; one fault a value. The first 1,000 are
/// listed, all are counted.
///
/// ```
/// use mixminus::config::{ParticipantMixerLevel, SourceLevel, check};
///
/// let mut alice = ParticipantMixerLevel::new("alice");
/// alice.source_levels.push(SourceLevel { level: 101, ..SourceLevel::new("bob") });
/// let faults = check(&[alice], |id| ["alice", "bob"].contains(&id)).unwrap_err();
/// assert_eq!(faults.to_string(), "participantMixerLevels[0].sourceLevels[0].level: 101 is over 100 %");
/// ```
pub fn check(levels: &[ParticipantMixerLevel], is_here: impl Fn(&str) -> bool) -> Result<(), Faults> {
    let request = UncheckedRequest::new(levels);
    let checked = request.check_in(&mut (), |(), id| is_here(id)).map(drop);
    checked.map_err(|absent| request.into_faults(absent))
}

/// Reads any value, however faulty it is as a request.
impl<'de> Deserialize<'de> for UncheckedRequest<'static> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut findings = Findings::default();
        let request: ConfigureMixerRequest = walk(&Raw::deserialize(deserializer)?, &mut findings);
        findings.request(&request);
        let ConfigureMixerRequest { client_context, participant_mixer_levels } = request;
        Ok(Self { client_context, levels: Cow::Owned(participant_mixer_levels), findings })
    }
}

/// Everyone counts as being in the call: serde cannot know. The error's text lists every fault.
impl<'de> Deserialize<'de> for ConfigureMixerRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        UncheckedRequest::deserialize(deserializer)?.check(|_| true).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::UncheckedRequest;
    use crate::config::{ConfigureMixerRequest, Faults, ParticipantMixerLevel, SourceLevel};

    fn read_json(json: &str) -> Result<ConfigureMixerRequest, Faults> {
        serde_json::from_str::<UncheckedRequest>(json).unwrap().check(|id| id.len() == 1)
    }

    #[test]
    fn absent_values_have_their_defaults() {
        let level =
            ParticipantMixerLevel { source_levels: vec![SourceLevel::new("b")], ..ParticipantMixerLevel::new("a") };
        assert_eq!(
            read_json(r#"{"participantMixerLevels":[{"participant":"a","sourceLevels":[{"participant":"b"}]}]}"#),
            Ok(ConfigureMixerRequest::new([level]))
        );
    }

    #[test]
    fn before_the_check_its_context_and_the_number_of_its_listeners_are_known() {
        let json = r#"{"clientContext": "c", "participantMixerLevels": [{"participant": "a"}, 5]}"#;
        let read: UncheckedRequest<'_> = serde_json::from_str(json).unwrap();
        assert_eq!((read.client_context(), read.listeners()), (Some("c"), 2));
        assert_eq!((UncheckedRequest::new(&[]).client_context(), UncheckedRequest::new(&[]).listeners()), (None, 0));
    }

    #[test]
    fn faults_of_shape_and_of_rule_come_together_and_once() {
        let json = r#"{"participantMixerLevels":[
            {"participant":"bob","ducking":"yes","sourceLevels":[{"participant":"b","level":"loud","duckOthers":true}]},
            5,
            {"participant":"bob","participant":"bob"},
            {"participant":"a","ducking":1,"ducking":2,"sourceLevels":[{"participant":"b","duckOthers":true}]}]}"#;
        let texts: Vec<_> = read_json(json).unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "participantMixerLevels[0].ducking: found a string, expected an object",
                "participantMixerLevels[0].sourceLevels[0].level: found a string, expected an integer of 64 bits",
                "participantMixerLevels[1]: found the number 5, expected an object",
                "participantMixerLevels[2].participant: stands more than once in this object; give it once",
                "participantMixerLevels[3].ducking: stands more than once in this object; give it once",
                r#"participantMixerLevels[0].participant: "bob" is not in the call; name a participant who is"#,
            ]
        );
    }

    #[test]
    fn serde_lists_every_fault_in_one_error() {
        let json = r#"{"clientContext":5,"participantMixerLevels":[{"participant":"anyone","exlusive":true}]}"#;
        let error = serde_json::from_str::<ConfigureMixerRequest>(json).unwrap_err();
        assert_eq!(
            error.to_string(),
            concat!(
                "clientContext: found the number 5, expected a string; ",
                r#"participantMixerLevels[0].exlusive: unknown property "exlusive"; did you mean "exclusive"?"#
            )
        );
    }

    #[test]
    fn a_check_asks_once_for_each_naming_and_holds_the_call() {
        let levels = ["a", "b"].map(|id| ParticipantMixerLevel {
            source_levels: vec![SourceLevel::new("c"), SourceLevel::new("d")],
            ..ParticipantMixerLevel::new(id)
        });
        let request = UncheckedRequest::new(&levels);
        let (asked, mut call) = (Cell::new(0), vec!["a", "b", "c", "d"]);
        let is_here = |call: &Vec<&str>, id: &str| {
            asked.set(asked.get() + 1);
            call.contains(&id)
        };
        let (checked, call) = request.check_in(&mut call, is_here).unwrap().into_parts();
        assert_eq!((asked.get(), checked), (6, &levels[..]));
        // Only with the call out of the proof's hands can somebody leave it.
        call.pop();
        let absent = request.check_in(call, is_here).unwrap_err();
        let faults = request.into_faults(absent);
        let paths: Vec<_> = faults.iter().map(|fault| fault.path()).collect();
        let path = |listener| format!("participantMixerLevels[{listener}].sourceLevels[1].participant");
        assert_eq!((asked.get(), paths), (12, vec![path(0).as_str(), path(1).as_str()]));
    }
}
