//! The rules of a request: ranges, names that must differ, names that must be in the call.
//!
//! One set of rules for a body (as a draft, where a faulty value is no value) and for typed values.

use std::collections::{HashMap, hash_map::Entry};

use super::{
    Fault, FaultKind, Faults, ParticipantMixerLevel,
    draft::{Draft, DraftDucking, DraftLevel, DraftSource},
    path::Path,
};

pub(crate) const MAX_CLIENT_CONTEXT: usize = 256;
pub(crate) const MAX_RAMP_MS: i64 = 5000;
pub(crate) const MAX_LEVEL: i64 = 100;

/// Checks levels against every rule: `is_here` says whether an id is in the call.
///
/// Takes time in proportion to the number of entries, and asks `is_here` at most once an entry.
///
/// # Errors
///
/// Every broken rule, each with its path in the request that has these levels; one fault a value.
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
    let draft = Draft { client_context: None, levels: levels.iter().map(DraftLevel::from).collect() };
    let mut faults = Vec::new();
    check_draft(&draft, is_here, &mut faults);
    Faults::new(faults).map_or(Ok(()), Err)
}

/// Adds a fault for every rule that what is there of a request breaks.
pub(super) fn check_draft(draft: &Draft<'_>, is_here: impl Fn(&str) -> bool, faults: &mut Vec<Fault>) {
    Rules { is_here, faults }.request(draft, Path::Root);
}

struct Rules<'f, F> {
    is_here: F,
    faults: &'f mut Vec<Fault>,
}

/// The participants of one list, each with the index of the element that names it first.
type Named<'a> = HashMap<&'a str, usize>;

impl<F: Fn(&str) -> bool> Rules<'_, F> {
    fn request(&mut self, request: &Draft<'_>, at: Path<'_>) {
        let characters = request.client_context.map_or(0, |context| context.chars().count());
        if characters > MAX_CLIENT_CONTEXT {
            self.fault(at.key("clientContext"), FaultKind::TooLong { characters, most: MAX_CLIENT_CONTEXT });
        }
        let at = at.key("participantMixerLevels");
        let mut named = Named::new();
        for (index, level) in request.levels.iter().enumerate() {
            let at = at.index(index);
            if let Some(id) = level.participant {
                self.participant(id, index, &mut named, at);
            }
            self.level(level, at);
        }
    }

    fn level(&mut self, level: &DraftLevel<'_>, at: Path<'_>) {
        if let Some(ducking) = &level.ducking {
            self.ducking(ducking, at.key("ducking"));
        }
        let at = at.key("sourceLevels");
        let mut named = Named::new();
        for (index, source) in level.source_levels.iter().enumerate() {
            let at = at.index(index);
            match source.participant {
                Some(id) if level.participant == Some(id) => {
                    self.fault(at.key("participant"), FaultKind::OwnSource { id: id.to_owned() });
                }
                Some(id) => self.participant(id, index, &mut named, at),
                None => {}
            }
            self.source(source, level.ducking.is_some(), at);
        }
    }

    /// Named once in its list, and in the call: a second naming is one fault, not two.
    fn participant<'a>(&mut self, id: &'a str, index: usize, named: &mut Named<'a>, at: Path<'_>) {
        let kind = match named.entry(id) {
            Entry::Occupied(first) => FaultKind::NamedTwice { id: id.to_owned(), first: *first.get() },
            Entry::Vacant(place) => {
                place.insert(index);
                if (self.is_here)(id) {
                    return;
                }
                FaultKind::NotInCall { id: id.to_owned() }
            }
        };
        self.fault(at.key("participant"), kind);
    }

    fn ducking(&mut self, &[ramp_active, ramp_inactive, lower, upper]: &DraftDucking, at: Path<'_>) {
        self.within(ramp_active, MAX_RAMP_MS, "ms", at.key("rampActive"));
        self.within(ramp_inactive, MAX_RAMP_MS, "ms", at.key("rampInactive"));
        let lower = self.within(lower, MAX_LEVEL, "%", at.key("lowerLevel"));
        let upper = self.within(upper, MAX_LEVEL, "%", at.key("upperLevel"));
        if let (Some(lower), Some(upper)) = (lower, upper)
            && lower > upper
        {
            self.fault(at.key("lowerLevel"), FaultKind::CrossedLevels { lower, upper });
        }
    }

    fn source(&mut self, source: &DraftSource<'_>, has_ducking: bool, at: Path<'_>) {
        self.within(source.level, MAX_LEVEL, "%", at.key("level"));
        if source.duck_others == Some(true) && !has_ducking {
            self.fault(at.key("duckOthers"), FaultKind::NoDucking);
        }
    }

    /// The value again, if it is from 0 to `most`.
    fn within(&mut self, value: Option<i64>, most: i64, unit: &'static str, at: Path<'_>) -> Option<i64> {
        let value = value?;
        let kind = match value {
            ..0 => FaultKind::Under { value, least: 0, unit },
            _ if value > most => FaultKind::Over { value, most, unit },
            _ => return Some(value),
        };
        self.fault(at, kind);
        None
    }

    fn fault(&mut self, at: Path<'_>, kind: FaultKind) {
        self.faults.push(Fault::new(at, kind));
    }
}

#[cfg(test)]
mod tests {
    use super::{Draft, check, check_draft};
    use crate::config::{Ducking, ParticipantMixerLevel, SourceLevel, draft::DraftLevel};

    fn faults(levels: &[ParticipantMixerLevel]) -> Vec<String> {
        let faults = check(levels, |id| id.len() == 1).err();
        let prefix = "participantMixerLevels";
        let texts = faults.iter().flatten().map(ToString::to_string);
        texts.map(|text| text.strip_prefix(prefix).unwrap().to_owned()).collect()
    }

    fn listener(ducking: Option<[i64; 4]>, source_levels: Vec<SourceLevel>) -> ParticipantMixerLevel {
        let ducking = ducking.map(|[ramp_active, ramp_inactive, lower_level, upper_level]| Ducking {
            ramp_active,
            ramp_inactive,
            lower_level,
            upper_level,
        });
        ParticipantMixerLevel { ducking, source_levels, ..ParticipantMixerLevel::new("a") }
    }

    #[test]
    fn the_ends_of_every_range_are_in_it() {
        let level = |level| SourceLevel { level, ..SourceLevel::new(if level == 0 { "b" } else { "c" }) };
        assert_eq!(faults(&[listener(Some([0, 5000, 0, 0]), vec![level(0), level(100)])]), [""; 0]);
        assert_eq!(faults(&[listener(Some([5000, 0, 100, 100]), vec![])]), [""; 0]);
        assert_eq!(faults(&[]), [""; 0]);
    }

    #[test]
    fn one_past_an_end_is_a_fault() {
        assert_eq!(
            faults(&[listener(Some([-1, 5001, -1, 101]), vec![SourceLevel { level: 101, ..SourceLevel::new("b") }])]),
            [
                "[0].ducking.rampActive: -1 is under 0 ms",
                "[0].ducking.rampInactive: 5001 is over 5000 ms",
                "[0].ducking.lowerLevel: -1 is under 0 %",
                "[0].ducking.upperLevel: 101 is over 100 %",
                "[0].sourceLevels[0].level: 101 is over 100 %"
            ]
        );
    }

    #[test]
    fn lower_is_not_over_upper() {
        assert_eq!(
            faults(&[listener(Some([0, 0, 51, 50]), vec![])]),
            ["[0].ducking.lowerLevel: 51 is over the upperLevel, 50 %"]
        );
        assert_eq!(
            faults(&[listener(Some([0, 0, 101, 50]), vec![])]),
            ["[0].ducking.lowerLevel: 101 is over 100 %"],
            "a value is reported once"
        );
    }

    #[test]
    fn names_differ_and_are_in_the_call() {
        let sources = ["b", "b", "a", "bob", "bob"].map(SourceLevel::new);
        assert_eq!(
            faults(&[listener(None, sources.into()), listener(None, vec![]), ParticipantMixerLevel::new("carol")]),
            [
                r#"[0].sourceLevels[1].participant: "b" is named already, in element 0 of the same list; name it once"#,
                r#"[0].sourceLevels[2].participant: "a" is the listener itself, who never hears themselves; leave it out"#,
                r#"[0].sourceLevels[3].participant: "bob" is not in the call; name a participant who is"#,
                r#"[0].sourceLevels[4].participant: "bob" is named already, in element 3 of the same list; name it once"#,
                r#"[1].participant: "a" is named already, in element 0 of the same list; name it once"#,
                r#"[2].participant: "carol" is not in the call; name a participant who is"#
            ]
        );
    }

    #[test]
    fn a_ducker_needs_ducking() {
        let ducker = || vec![SourceLevel { duck_others: true, ..SourceLevel::new("b") }];
        assert_eq!(faults(&[listener(Some([0; 4]), ducker())]), [""; 0]);
        assert_eq!(
            faults(&[listener(None, ducker())]),
            ["[0].sourceLevels[0].duckOthers: true needs ducking on the same listener"]
        );
    }

    #[test]
    fn a_client_context_has_256_characters_whatever_their_bytes() {
        let faults = |count| {
            let (context, mut faults) = ("é".repeat(count), vec![]);
            check_draft(&Draft { client_context: Some(&context), levels: vec![] }, |_| true, &mut faults);
            faults.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(faults(256), [""; 0]);
        assert_eq!(faults(257), ["clientContext: 257 characters are over 256"]);
    }

    #[test]
    fn what_is_not_there_breaks_no_rule() {
        let mut faults = vec![];
        let levels = vec![DraftLevel::default(), DraftLevel::default()];
        check_draft(&Draft { client_context: None, levels }, |_| false, &mut faults);
        assert_eq!(faults, []);
    }
}
