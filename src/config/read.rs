//! The one way from a serialised request to a typed one: walk the tree, check the rules, report everything.

use serde::de::{Deserialize, Deserializer, Error};

use super::{ConfigureMixerRequest, Faults, check::check_draft, raw::Raw, walk::walk};

/// The request in a tree, or all of its faults, those of shape and those of rule.
pub(super) fn read(body: &Raw, is_here: impl Fn(&str) -> bool) -> Result<ConfigureMixerRequest, Faults> {
    let mut faults = Vec::new();
    let draft = walk(body, &mut faults);
    check_draft(&draft, is_here, &mut faults);
    match Faults::new(faults) {
        Some(faults) => Err(faults),
        None => Ok(draft.finish().expect("what a draft lacks is a fault")),
    }
}

/// Everyone counts as being in the call: serde cannot know. The error's text lists every fault.
impl<'de> Deserialize<'de> for ConfigureMixerRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(&Raw::deserialize(deserializer)?, |_| true).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{ConfigureMixerRequest, Faults, ParticipantMixerLevel, SourceLevel, read::read};

    fn read_json(json: &str) -> Result<ConfigureMixerRequest, Faults> {
        read(&serde_json::from_str(json).unwrap(), |id| id.len() == 1)
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
            r#"clientContext: found the number 5, expected a string; participantMixerLevels[0].exlusive: unknown property "exlusive"; did you mean "exclusive"?"#
        );
    }
}
