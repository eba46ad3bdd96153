//! Reading the requests that begin an operation, beside configureMixer: [`Unchecked`], and their rules.

use serde::de::{Deserialize, Deserializer};

use super::{
    ActionRequest, FaultKind, Faults, PlayPromptRequest, StartHoldMusicRequest, fields::Wire, findings::Findings,
    path::Path, raw::Raw, walk::walk,
};

/// A body with rules besides those of its table.
pub(crate) trait Ruled: Wire {
    fn rules(&self, findings: &mut Findings);
}

impl Ruled for ActionRequest {
    fn rules(&self, findings: &mut Findings) {
        findings.values(self, Path::Root);
    }
}

impl Ruled for StartHoldMusicRequest {
    fn rules(&self, findings: &mut Findings) {
        findings.values(self, Path::Root);
        if let Some(prompt) = &self.custom_prompt {
            findings.values(&prompt.media_info, Path::Root.key("customPrompt").key("mediaInfo"));
        }
    }
}

/// The most prompts of a request, as the API has it.
const MOST_PROMPTS: usize = 20;

impl Ruled for PlayPromptRequest {
    fn rules(&self, findings: &mut Findings) {
        findings.values(self, Path::Root);
        let (at, count) = (Path::Root.key("prompts"), self.prompts.len());
        // A list that could not be read is listed already.
        let is_read = count > 0 || findings.faults.listed().iter().all(|fault| fault.path() != "prompts");
        if is_read && !(1..=MOST_PROMPTS).contains(&count) {
            findings.fault(at, || FaultKind::WrongCount { count, expected: "1 to 20 prompts are played in a row" });
        }
        for (index, prompt) in self.prompts.iter().enumerate() {
            findings.values(&prompt.media_info, at.index(index).key("mediaInfo"));
        }
    }
}

/// A body that is read, with its faults.
#[derive(Debug)]
pub(crate) struct Unchecked<T> {
    value: T,
    findings: Findings,
}

impl<T> Unchecked<T> {
    /// The body, if it has no fault.
    pub fn check(self) -> Result<T, Faults> {
        Faults::of(self.findings.faults).map_or(Ok(self.value), Err)
    }
}

/// Reads any value, however faulty it is as a body.
impl<'de, T: Ruled> Deserialize<'de> for Unchecked<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut findings = Findings::default();
        let value: T = walk(&Raw::deserialize(deserializer)?, &mut findings);
        value.rules(&mut findings);
        Ok(Self { value, findings })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{MediaInfo, MediaPrompt};
    use serde_json::json;

    fn faults<T: Ruled + std::fmt::Debug>(body: serde_json::Value) -> Vec<String> {
        let read: Unchecked<T> = serde_json::from_value(body).unwrap();
        read.check().err().iter().flatten().map(ToString::to_string).collect()
    }

    fn prompt(uri: &str) -> serde_json::Value {
        json!({"@odata.type": "#microsoft.graph.mediaPrompt", "mediaInfo": {"@odata.type": "#x", "uri": uri, "resourceId": null}})
    }

    #[test]
    fn the_published_prompt_is_read() {
        let body = json!({"clientContext": "c", "prompts": [prompt("https://cdn.contoso.com/beep.wav")], "loop": true});
        let read: Unchecked<PlayPromptRequest> = serde_json::from_value(body).unwrap();
        let media_info = MediaInfo { uri: "https://cdn.contoso.com/beep.wav".into(), resource_id: None };
        let expected = PlayPromptRequest {
            prompts: vec![MediaPrompt { media_info }],
            looped: true,
            client_context: Some("c".into()),
        };
        assert_eq!(read.check(), Ok(expected));
    }

    #[test]
    fn every_fault_of_a_prompt_has_its_path() {
        let body = json!({"prompts": [{"mediaInfo": {"url": "x"}}, {}, prompt(&"x".repeat(2049))]});
        assert_eq!(
            faults::<PlayPromptRequest>(body),
            [
                r#"prompts[0].mediaInfo.url: unknown property "url"; did you mean "uri"?"#,
                "prompts[0].mediaInfo.uri: is missing; a string is required",
                "prompts[1].mediaInfo: is missing; an object is required",
                "prompts[2].mediaInfo.uri: 2049 characters are over 2048",
            ]
        );
        assert_eq!(faults::<PlayPromptRequest>(json!({})), ["prompts: is missing; an array is required"]);
        let count = |count| faults::<PlayPromptRequest>(json!({"prompts": vec![prompt("x"); count]}));
        assert_eq!(count(0), ["prompts: has 0 of them; 1 to 20 prompts are played in a row"]);
        assert_eq!((count(1), count(20), count(21).len()), (vec![], vec![], 1));
    }

    #[test]
    fn hold_music_needs_no_prompt() {
        assert_eq!(faults::<StartHoldMusicRequest>(json!({"customPrompt": null})), [""; 0]);
        assert_eq!(faults::<StartHoldMusicRequest>(json!({"customPrompt": prompt("https://h/x.wav")})), [""; 0]);
        let long = json!({"customPrompt": {"mediaInfo": {"uri": 1}}, "clientContext": "x".repeat(257)});
        assert_eq!(
            faults::<StartHoldMusicRequest>(long),
            [
                "customPrompt.mediaInfo.uri: found the number 1, expected a string",
                "clientContext: 257 characters are over 256"
            ]
        );
    }

    #[test]
    fn an_action_has_a_context_alone() {
        assert_eq!(faults::<ActionRequest>(json!({"@odata.type": "#x"})), [""; 0]);
        assert_eq!(faults::<ActionRequest>(json!([])), ["$: found an array, expected an object"]);
        assert_eq!(faults::<ActionRequest>(json!({"context": 1})).len(), 1);
    }
}
