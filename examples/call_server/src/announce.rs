//! What the server prints when it can be reached: a line of JSON for machines, or a few lines for
//! people.

use std::{
    io::{self, Write},
    path::Path,
};

use mixminus::config::{ConfigureMixerRequest, ParticipantMixerLevel, SourceLevel};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

/// The address of the server, and how to use it.
#[derive(Debug, Serialize)]
pub struct Announcement<'a> {
    /// The URL without a slash at the end.
    pub url: &'a str,
    /// The token, unless none is required or clients bring tokens of an issuer.
    pub token: Option<&'a str>,
    /// Whether a token of an issuer is required.
    #[serde(skip)]
    pub signed: bool,
    pub call: &'a str,
    pub participants: &'a [String],
    /// The certificate, for clients that have to be told to trust it.
    #[serde(skip)]
    pub tls_cert: Option<&'a Path>,
}

/// All characters except the unreserved ones of RFC 3986.
const IN_A_URL: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Announcement<'_> {
    /// Prints to standard output. A reader that closes the pipe early is not an error.
    pub fn print(&self, as_json: bool) {
        let text = if as_json { json(self) } else { self.lines() };
        let mut out = io::stdout();
        let _ = writeln!(out, "{text}").and_then(|()| out.flush());
    }

    fn lines(&self) -> String {
        let Self { url, call, .. } = self;
        let fragment = self.token.map(|token| format!("#token={}", utf8_percent_encode(token, IN_A_URL)));
        let fragment = fragment.unwrap_or_default();
        let participants = self.participants.join(", ");
        let curl = self.curl();
        format!(
            "The desk:      {url}/{fragment}\nThe call:      {call}\nParticipants:  {participants}\n\n\
             The last one hears the first at half the level with\n\n{curl}\n\nCtrl-C stops."
        )
    }

    /// A command that can be pasted into a shell.
    fn curl(&self) -> String {
        let path = utf8_percent_encode(self.call, IN_A_URL);
        let url = format!("{}/app/calls/{path}/participants/configureMixer", self.url);
        let (first, last) = (self.participants.first(), self.participants.last());
        let half = first.map(|source| SourceLevel { level: 50, ..SourceLevel::new(source) });
        let level = last.map(|listener| ParticipantMixerLevel {
            source_levels: half.into_iter().collect(),
            ..ParticipantMixerLevel::new(listener)
        });
        let body = json(&ConfigureMixerRequest::new(level.into_iter().collect::<Vec<_>>()));
        let mut words = vec!["curl".to_owned()];
        words.extend(self.tls_cert.map(|path| format!("--cacert {}", shell_word(&path.to_string_lossy()))));
        words.push(shell_word(&url));
        words.extend(self.token.map(|token| format!("-H {}", shell_word(&format!("Authorization: Bearer {token}")))));
        words.extend(self.signed.then(|| "-H \"Authorization: Bearer $TOKEN\"".to_owned()));
        words.push("-H 'Content-Type: application/json'".to_owned());
        words.push(format!("-d {}", shell_word(&body)));
        words.join(" \\\n  ")
    }
}

/// JSON with the keys in the order of the fields, which is easier to read.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("its keys are strings")
}

fn shell_word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn announcement<'a>(participants: &'a [String], token: Option<&'a str>) -> Announcement<'a> {
        Announcement { url: "http://h:1", token, signed: false, call: "c d", participants, tls_cert: None }
    }

    #[test]
    fn a_line_of_json_has_what_a_machine_needs() {
        let participants = ["a".to_owned(), "b".to_owned()];
        let line = r#"{"url":"http://h:1","token":"t","call":"c d","participants":["a","b"]}"#;
        assert_eq!(json(&announcement(&participants, Some("t"))), line);
    }

    #[test]
    fn a_command_is_quoted_for_the_shell() {
        let participants = ["it's".to_owned(), "b".to_owned()];
        let lines = announcement(&participants, Some("a+b")).lines();
        assert!(lines.contains("http://h:1/#token=a%2Bb\n"), "{lines}");
        assert!(lines.contains("'http://h:1/app/calls/c%20d/participants/configureMixer'"), "{lines}");
        assert!(lines.contains(r#""participant":"it'\''s""#), "{lines}");
        assert!(!announcement(&participants, None).lines().contains("Authorization"));
        let signed = Announcement { signed: true, ..announcement(&participants, None) };
        assert!(signed.lines().contains("-H \"Authorization: Bearer $TOKEN\""));
    }
}
