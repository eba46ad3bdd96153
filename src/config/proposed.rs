//! A group on its way into force: [`UncheckedGroup`], a body that is read, and [`ProposedGroup`], the whole group as it would
//! be, with the rules that it has to keep.

use std::collections::HashSet;

use serde::de::{self, Deserializer};

use super::{
    AudioRoutingGroup, AudioRoutingGroupChange, FaultKind, Faults, NewAudioRoutingGroup, RoutingMode,
    fields::Wire,
    findings::{Findings, Named},
    naming::{Names, Naming, Place},
    path::Path,
    raw::Raw,
    walk::walk,
};

const ID: &str = "id";
const SOURCES: &str = "sources";
const RECEIVERS: &str = "receivers";

impl Names for AudioRoutingGroup {
    fn id(&self, place: Place) -> &str {
        match place {
            Place::InList { list: SOURCES, index } => &self.sources[index],
            Place::InList { index, .. } => &self.receivers[index],
            Place::Listener(_) | Place::Source { .. } => unreachable!("a group has lists of ids"),
        }
    }
}

/// A body that is read, with its faults so far: the rules are those of the whole group, which is known once the group
/// that it changes is.
#[derive(Debug)]
pub(crate) struct UncheckedGroup<T> {
    body: T,
    findings: Findings,
}

/// A group that keeps every rule but one: who is in the call is not looked up yet. Has its faults with it.
#[derive(Debug)]
pub(crate) struct ProposedGroup {
    group: AudioRoutingGroup,
    findings: Findings,
}

impl UncheckedGroup<NewAudioRoutingGroup> {
    /// The new group, of this id if the body has none.
    pub fn create(self, id: impl FnOnce() -> String) -> ProposedGroup {
        let Self { body: NewAudioRoutingGroup { group }, mut findings } = self;
        if let Some(id) = group.id.as_ref().filter(|id| matches!(id.as_str(), "" | "." | "..")) {
            findings.fault(Path::Root.key(ID), || FaultKind::Unreachable { id: id.clone() });
        }
        let blank = AudioRoutingGroup {
            id: group.id.clone().unwrap_or_else(id),
            routing_mode: RoutingMode::UnknownFutureValue,
            sources: Vec::new(),
            receivers: Vec::new(),
        };
        ProposedGroup::new(group, blank, findings)
    }
}

impl UncheckedGroup<AudioRoutingGroupChange> {
    /// A group as it is after the change.
    pub fn update(self, current: AudioRoutingGroup) -> ProposedGroup {
        let Self { body, mut findings } = self;
        if let Some(id) = body.id.as_ref().filter(|id| **id != current.id) {
            let kind = || FaultKind::OtherId { id: id.clone(), path: current.id.clone() };
            findings.fault(Path::Root.key(ID), kind);
        }
        ProposedGroup::new(body, current, findings)
    }
}

impl ProposedGroup {
    fn new(change: AudioRoutingGroupChange, current: AudioRoutingGroup, mut findings: Findings) -> Self {
        findings.values(&change, Path::Root);
        let group = AudioRoutingGroup {
            id: current.id,
            routing_mode: change.routing_mode.unwrap_or(current.routing_mode),
            sources: change.sources.unwrap_or(current.sources),
            receivers: change.receivers.unwrap_or(current.receivers),
        };
        // What could not be read has faults of its own, and would only cause others.
        if findings.faults.is_empty() {
            rules(&group, &mut findings);
        }
        Self { group, findings }
    }

    /// The group as it would be, faults and all.
    #[cfg(feature = "http")]
    pub fn group(&self) -> &AudioRoutingGroup {
        &self.group
    }

    /// The group's id.
    pub fn id(&self) -> &str {
        &self.group.id
    }

    /// Whether it has no fault, as far as is known.
    pub fn is_sound(&self) -> bool {
        self.findings.faults.is_empty()
    }

    /// Whether it is this group, in whatever order its members are listed.
    pub fn is(&self, other: &AudioRoutingGroup) -> bool {
        let same = |own: &[String], others: &[String]| own.iter().collect::<HashSet<_>>() == others.iter().collect();
        self.group.routing_mode == other.routing_mode
            && same(&self.group.sources, &other.sources)
            && same(&self.group.receivers, &other.receivers)
    }

    /// How many participants the group names, faulty ones included.
    pub fn participants(&self) -> usize {
        self.group.sources.len() + self.group.receivers.len()
    }

    /// The group, if it has no fault and everybody in it is in the call. May be called under a lock.
    ///
    /// # Errors
    /// What is needed for the faults: see [`into_faults`](Self::into_faults).
    pub fn check(&self, is_here: impl Fn(&str) -> bool) -> Result<&AudioRoutingGroup, AbsentFromGroup> {
        let absent = self.findings.absent(&self.group, is_here);
        match self.findings.faults.is_empty() && absent.is_empty() {
            true => Ok(&self.group),
            false => Err(AbsentFromGroup(absent)),
        }
    }

    /// Every fault of a group that has not passed the check.
    pub fn into_faults(self, absent: AbsentFromGroup) -> Faults {
        let faults = self.findings.into_faults(absent.0, &self.group);
        faults.expect("a check fails for a fault or for somebody absent")
    }
}

/// The members of a group whom a check did not find in the call.
#[derive(Debug)]
pub(crate) struct AbsentFromGroup(Vec<Naming>);

/// How many sources and receivers there are, and that nobody is named twice.
fn rules(group: &AudioRoutingGroup, findings: &mut Findings) {
    let (sources, receivers) = (group.sources.len(), group.receivers.len());
    let counts = match group.routing_mode {
        RoutingMode::OneToOne => [
            (SOURCES, sources, sources == 1, "oneToOne has one source"),
            (RECEIVERS, receivers, receivers == 1, "oneToOne has one receiver; multicast may have more"),
        ],
        RoutingMode::Multicast => [
            (SOURCES, sources, sources == 1, "multicast has one source"),
            (RECEIVERS, receivers, receivers > 0, "multicast has at least one receiver"),
        ],
        RoutingMode::UnknownFutureValue => {
            let kind = || FaultKind::NotOneOf { value: "unknownFutureValue".into(), known: RoutingMode::KNOWN };
            return findings.fault(Path::Root.key("routingMode"), kind);
        }
    };
    for (list, count, is_right, expected) in counts {
        if !is_right {
            findings.fault(Path::Root.key(list), || FaultKind::WrongCount { count, expected });
        }
    }
    let mut heard = Named::new();
    members(SOURCES, &group.sources, &mut heard, findings);
    for (index, id) in group.receivers.iter().enumerate().filter(|(_, id)| heard.contains_key(id.as_str())) {
        findings.fault(Path::Root.key(RECEIVERS).index(index), || FaultKind::OwnReceiver { id: id.clone() });
    }
    members(RECEIVERS, &group.receivers, &mut Named::new(), findings);
}

fn members<'a>(list: &'static str, ids: &'a [String], named: &mut Named<'a>, findings: &mut Findings) {
    let at = Path::Root.key(list);
    for (index, id) in ids.iter().enumerate() {
        findings.once_in_call(id, (Place::InList { list, index }, index), named, at.index(index));
    }
}

/// Reads any value, however faulty it is as a body.
impl<'de, T: Wire> de::Deserialize<'de> for UncheckedGroup<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut findings = Findings::default();
        let body = walk(&Raw::deserialize(deserializer)?, &mut findings);
        Ok(Self { body, findings })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
    use serde_json::{Value, json};

    fn checked(proposed: ProposedGroup) -> Result<AudioRoutingGroup, Vec<String>> {
        match proposed.check(|id| id.len() == 1).cloned() {
            Ok(group) => Ok(group),
            Err(absent) => Err(proposed.into_faults(absent).iter().map(ToString::to_string).collect()),
        }
    }

    fn create(body: Value) -> Result<AudioRoutingGroup, Vec<String>> {
        let read: UncheckedGroup<NewAudioRoutingGroup> = serde_json::from_value(body).unwrap();
        checked(read.create(|| "random".into()))
    }

    fn coach() -> AudioRoutingGroup {
        AudioRoutingGroup {
            id: "coach".into(),
            routing_mode: RoutingMode::OneToOne,
            sources: vec!["a".into()],
            receivers: vec!["b".into()],
        }
    }

    fn update(body: Value) -> Result<AudioRoutingGroup, Vec<String>> {
        let read: UncheckedGroup<AudioRoutingGroupChange> = serde_json::from_value(body).unwrap();
        checked(read.update(coach()))
    }

    #[test]
    fn a_group_is_what_its_body_says() {
        let body = json!({"id": "coach", "routingMode": "oneToOne", "sources": ["a"], "receivers": ["b"]});
        assert_eq!(create(body.clone()), Ok(coach()));
        let mut written = serde_json::to_value(coach()).unwrap();
        assert_eq!(written["@odata.type"], "#microsoft.graph.audioRoutingGroup");
        assert_eq!(create(written.clone()), Ok(coach()), "an answer can be sent back");
        written.as_object_mut().unwrap().remove("@odata.type");
        assert_eq!(written, body);
        let nameless = create(json!({"routingMode": "multicast", "sources": ["a"], "receivers": ["b", "c"]})).unwrap();
        assert_eq!((nameless.id.as_str(), nameless.routing_mode), ("random", RoutingMode::Multicast));
    }

    #[test]
    fn a_group_is_the_same_in_whatever_order_its_members_are_listed() {
        let body = json!({"routingMode": "multicast", "sources": ["a"], "receivers": ["b", "c"]});
        let read: UncheckedGroup<NewAudioRoutingGroup> = serde_json::from_value(body).unwrap();
        let proposed = read.create(|| "x".into());
        assert_eq!((proposed.id(), proposed.participants(), proposed.is_sound()), ("x", 3, true));
        let ids = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        let group = |mode, sources, receivers| AudioRoutingGroup {
            id: "y".into(),
            routing_mode: mode,
            sources: ids(sources),
            receivers: ids(receivers),
        };
        assert!(proposed.is(&group(RoutingMode::Multicast, &["a"], &["c", "b"])));
        assert!(!proposed.is(&group(RoutingMode::OneToOne, &["a"], &["c", "b"])));
        assert!(!proposed.is(&group(RoutingMode::Multicast, &["d"], &["c", "b"])));
        assert!(!proposed.is(&group(RoutingMode::Multicast, &["a"], &["b"])));
        let read: UncheckedGroup<NewAudioRoutingGroup> = serde_json::from_value(json!({"sources": 1})).unwrap();
        assert!(!read.create(|| "x".into()).is_sound());
    }

    #[test]
    fn a_mode_says_how_many_there_are() {
        let faults = |mode, sources: &[&str], receivers: &[&str]| {
            create(json!({"routingMode": mode, "sources": sources, "receivers": receivers})).unwrap_err()
        };
        assert_eq!(
            faults("oneToOne", &["a", "b"], &["c", "d"]),
            [
                "sources: has 2 of them; oneToOne has one source",
                "receivers: has 2 of them; oneToOne has one receiver; multicast may have more"
            ]
        );
        assert_eq!(faults("multicast", &["a"], &[]), ["receivers: has 0 of them; multicast has at least one receiver"]);
        assert_eq!(
            faults("unknownFutureValue", &["a"], &["b"]),
            [r#"routingMode: "unknownFutureValue" is not known here; oneToOne and multicast are"#]
        );
    }

    #[test]
    fn a_member_is_named_once_and_in_the_call() {
        let faults = create(json!({"routingMode": "multicast", "sources": ["a"], "receivers": ["a", "bob", "c", "c"]}));
        assert_eq!(
            faults.unwrap_err(),
            [
                concat!(
                    r#"receivers[0]: "a" is a source of this group, and nobody hears themselves; "#,
                    "leave it out of one of the lists"
                ),
                r#"receivers[1]: "bob" is not in the call; name a participant who is"#,
                r#"receivers[3]: "c" is named already, in element 2 of the same list; name it once"#
            ]
        );
    }

    #[test]
    fn what_cannot_be_read_breaks_no_rule() {
        let faults = create(json!({"id": "..", "sources": "a", "receivers": [1, "b"], "mode": 1}));
        assert_eq!(
            faults.unwrap_err(),
            [
                "mode: unknown property \"mode\"; known here: id, routingMode, sources, receivers",
                "routingMode: is missing; a string is required",
                "sources: found a string, expected an array",
                "receivers[0]: found the number 1, expected a string",
                "id: no path can lead to \"..\": it may not be empty, \".\" or \"..\"",
            ]
        );
    }

    #[test]
    fn a_change_leaves_what_it_does_not_name() {
        assert_eq!(update(json!({})), Ok(coach()));
        let wider = update(json!({"id": "coach", "routingMode": "multicast", "receivers": ["b", "c"]})).unwrap();
        assert_eq!((wider.sources, wider.receivers), (vec!["a".into()], vec!["b".into(), "c".into()]));
        assert_eq!(update(json!({"receivers": ["b", "c"]})).unwrap_err().len(), 1, "oneToOne has one receiver");
        assert_eq!(
            update(json!({"id": "other"})).unwrap_err(),
            [r#"id: "other" is another id than "coach" in the path; an id does not change, and may be left out"#]
        );
    }

    /// A value that has something of a group.
    fn value() -> impl Strategy<Value = Value> {
        let ids = prop::collection::vec(prop_oneof![Just(json!("a")), Just(json!("b")), Just(json!(1))], 0..4);
        let part =
            || prop_oneof![Just(Value::Null), ids.clone().prop_map(Value::Array), any::<bool>().prop_map(Value::from)];
        let mode =
            prop_oneof![Just(json!("oneToOne")), Just(json!("multicast")), Just(json!("else")), Just(Value::Null)];
        let id = prop_oneof![Just(json!("coach")), Just(json!("")), Just(Value::Null)];
        (id, mode, part(), part()).prop_map(|(id, mode, sources, receivers)| {
            json!({"id": id, "routingMode": mode, "sources": sources, "receivers": receivers})
        })
    }

    proptest! {
        /// What passes keeps the rules, and what does not has a fault; whatever the body is.
        #[test]
        fn a_group_that_passes_has_one_source_who_does_not_hear_itself(body in value()) {
            for group in [create(body.clone()), update(body)].into_iter().flatten() {
                prop_assert_eq!(group.sources.len(), 1);
                prop_assert!(!group.receivers.is_empty() && !group.receivers.contains(&group.sources[0]));
                prop_assert!(group.routing_mode == RoutingMode::Multicast || group.receivers.len() == 1);
            }
        }
    }
}
