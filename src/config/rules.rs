//! The rules of a configureMixer request: ranges, and names that must differ.
//!
//! One set of rules for bodies and for typed values. Who is in the call is not known here: each
//! participant who has to be in it is listed as a naming, to be looked up later.

use super::{
    ConfigureMixerRequest, Ducking, FaultKind, ParticipantMixerLevel,
    fields::PERCENT,
    findings::{Findings, Named},
    naming::{Element, LISTENERS, Names, PARTICIPANT, Place, SOURCES},
    path::Path,
};

impl Names for [ParticipantMixerLevel] {
    fn id(&self, place: Place) -> &str {
        match place {
            Place::Listener(listener) => &self[listener.position].participant,
            Place::Source { listener, source } => &self[listener.position].source_levels[source.position].participant,
            Place::InList { .. } => unreachable!("levels have no lists of ids"),
        }
    }
}

impl Findings {
    /// Runs the rules over a whole request.
    pub fn request(&mut self, request: &ConfigureMixerRequest) {
        self.values(request, Path::Root);
        self.levels(&request.participant_mixer_levels);
    }

    /// Runs the rules over levels.
    pub fn levels(&mut self, levels: &[ParticipantMixerLevel]) {
        let at = Path::Root.key(LISTENERS);
        let mut named = Named::new();
        for (position, level) in levels.iter().enumerate() {
            let element = self.element(at, position);
            let at = at.index(element.index);
            self.participant(&level.participant, (Place::Listener(element), element.index), &mut named, at);
            self.level(level, element, at);
        }
    }

    fn level(&mut self, level: &ParticipantMixerLevel, listener: Element, at: Path<'_>) {
        self.values(level, at);
        if let Some(ducking) = &level.ducking {
            self.ducking(ducking, at.key("ducking"));
        }
        let is_named = !self.is_nameless(at);
        let at = at.key(SOURCES);
        let mut named = Named::new();
        for (position, source) in level.source_levels.iter().enumerate() {
            let element = self.element(at, position);
            let at = at.index(element.index);
            if is_named && source.participant == level.participant && !self.is_nameless(at) {
                self.fault(at.key(PARTICIPANT), || FaultKind::OwnSource { id: source.participant.clone() });
            } else {
                let place = Place::Source { listener, source: element };
                self.participant(&source.participant, (place, element.index), &mut named, at);
            }
            self.values(source, at);
            if source.duck_others && level.ducking.is_none() {
                self.fault(at.key("duckOthers"), || FaultKind::NoDucking);
            }
        }
    }

    /// The participant of an element, unless it could not be read.
    fn participant<'a>(&mut self, id: &'a str, place: (Place, usize), named: &mut Named<'a>, at: Path<'_>) {
        if !self.is_nameless(at) {
            self.once_in_call(id, place, named, at.key(PARTICIPANT));
        }
    }

    fn ducking(&mut self, ducking: &Ducking, at: Path<'_>) {
        self.values(ducking, at);
        let (lower, upper) = (ducking.lower_level, ducking.upper_level);
        // A level that is out of range is listed already.
        if lower <= PERCENT.most && (0..lower).contains(&upper) {
            self.fault(at.key("lowerLevel"), || FaultKind::CrossedLevels { lower, upper });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Findings, LISTENERS, Path, SOURCES};
    use crate::config::{ConfigureMixerRequest, Ducking, ParticipantMixerLevel, SourceLevel, check};

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
                concat!(
                    r#"[0].sourceLevels[2].participant: "#,
                    r#""a" is the listener itself, who never hears themselves; leave it out"#
                ),
                r#"[0].sourceLevels[3].participant: "bob" is not in the call; name a participant who is"#,
                concat!(
                    r#"[0].sourceLevels[4].participant: "#,
                    r#""bob" is named already, in element 3 of the same list; name it once"#
                ),
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
            let client_context = Some("é".repeat(count));
            let mut findings = Findings::default();
            findings.request(&ConfigureMixerRequest { client_context, ..ConfigureMixerRequest::default() });
            findings.faults.listed().iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(faults(256), [""; 0]);
        assert_eq!(faults(257), ["clientContext: 257 characters are over 256"]);
    }

    #[test]
    fn a_participant_that_could_not_be_read_breaks_no_rule() {
        let source = SourceLevel::new("");
        let levels = [(); 2].map(|()| listener(None, vec![source.clone(), source.clone()]));
        let levels = levels.map(|level| ParticipantMixerLevel { participant: String::new(), ..level });
        let mut findings = Findings::default();
        let list = Path::Root.key(LISTENERS);
        for level in [list.index(0), list.index(1)] {
            let sources = level.key(SOURCES);
            [level, sources.index(0), sources.index(1)].into_iter().for_each(|at| findings.note_nameless(at));
        }
        findings.levels(&levels);
        assert!(findings.faults.is_empty() && findings.namings.is_empty(), "{findings:?}");
    }
}
