//! The state that the desk shows, as JSON: the participants, their levels, the settings in force for
//! them, and what decides who hears whom.

use std::collections::{BTreeMap, HashMap};

use mixminus::{
    Controller, Decibels, Direction, GroupId, ParticipantId, ParticipantSnapshot, PrivateGroup, RoleTable, Routing,
    cluster::{ClusterParticipant, Conference, NodeReadings},
    config::ParticipantMixerLevel,
    stream::RunnerReadings,
};
use serde::Serialize;

use crate::{
    live::{Connected, contributor},
    room::SAMPLE_RATE,
};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct State<'a> {
    call: &'a str,
    sample_rate: u32,
    dominant: Option<&'a str>,
    participants: Vec<Participant<'a>>,
    /// Which roles hear which; empty if the call has none.
    roles: RoleTable,
    /// The private groups, also those by which the service lets prompts reach everybody.
    groups: Vec<Group>,
    /// `None` once the runner is stopped.
    runner: Option<Runner>,
    /// How this server is with the others; not there if it is alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<NodeReadings>,
}

#[derive(Debug, Serialize)]
struct Group {
    id: GroupId,
    #[serde(flatten)]
    members: PrivateGroup,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Participant<'a> {
    id: &'a str,
    /// The server that it is at, of several; `null` while it is on its way from one to another.
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<Option<String>>,
    sends: bool,
    hears: bool,
    /// Whether it is a player of the service's: prompts, or hold music.
    plays: bool,
    routing: &'a Routing,
    on_hold: bool,
    /// The players that it hears on hold.
    hold_music: Vec<&'a ParticipantId>,
    talking: bool,
    /// The RMS of the last tick that it sent; `None` for silence.
    level_dbfs: Option<f64>,
    muted: bool,
    /// The number that names it in the packets in which it is heard (CSRC); not there for one who only hears, at another server.
    #[serde(skip_serializing_if = "Option::is_none")]
    contributor: Option<u32>,
    /// How a person is connected; `None` for the recordings, and for a listener whose place nobody has.
    connection: Option<Connected>,
    mix: Mix,
    mixer_level: ParticipantMixerLevel,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Mix {
    peak_dbfs: Option<f64>,
    reduction_db: f64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Runner {
    ticks: u64,
    skipped_ticks: u64,
    /// How many steps of the overload policy are taken; 0 if everything is mixed.
    overload_step: u32,
    late_us_p99: f64,
    duration_us_p50: f64,
}

/// The present state. Takes the controllers' lock once for each participant, and for one on hold once for each player.
pub fn json(
    call: &str,
    controller: &Controller,
    conference: Option<&Conference>,
    runner: Option<&RunnerReadings>,
    mut connections: HashMap<String, Connected>,
) -> String {
    let snapshot = controller.snapshot();
    let everywhere = conference.map(Conference::participants).unwrap_or_default();
    let elsewhere = Elsewhere::of(conference, &everywhere);
    let here: Vec<_> = snapshot.participants.iter().filter(|seen| !elsewhere.has(seen.id.as_str())).collect();
    let players: Vec<_> = here.iter().filter(|seen| plays(seen)).map(|seen| &seen.id).collect();
    let state = State {
        call,
        sample_rate: SAMPLE_RATE,
        dominant: snapshot.dominant.as_ref().map(|id| id.as_str()),
        participants: here
            .into_iter()
            .filter_map(|participant| {
                let connection = connections.remove(participant.id.as_str());
                let here = self::participant(participant, controller, &players, connection)?;
                Some(Participant { node: conference.map(|own| Some(own.node().as_str().to_owned())), ..here })
            })
            .chain(elsewhere.participants(&snapshot.participants))
            .collect(),
        roles: controller.role_table(),
        groups: conference
            .map_or_else(|| controller.private_groups(), Conference::private_groups)
            .into_iter()
            .map(|(id, members)| Group { id, members })
            .collect(),
        runner: runner.map(|readings| Runner {
            ticks: readings.ticks,
            skipped_ticks: readings.skipped_ticks,
            overload_step: readings.overload_step,
            late_us_p99: readings.lateness_us.p99,
            duration_us_p50: readings.duration_us.p50,
        }),
        cluster: conference.map(Conference::readings),
    };
    serde_json::to_string(&state).expect("its keys are strings")
}

/// A participant; `None` if it has left since the snapshot.
fn participant<'a>(
    seen: &'a ParticipantSnapshot,
    controller: &Controller,
    players: &[&'a ParticipantId],
    connection: Option<Connected>,
) -> Option<Participant<'a>> {
    let id = seen.id.as_str();
    let is_its_music = |player: &&&ParticipantId| controller.is_routed(id, player.as_str()) == Ok(true);
    Some(Participant {
        id,
        node: None,
        // A listener of the options may send, too, and has no port until somebody takes its place. A player has none.
        sends: seen.ports.input.is_some() || plays(seen),
        hears: seen.direction != Direction::Source,
        plays: plays(seen),
        routing: &seen.routing,
        on_hold: seen.on_hold,
        hold_music: if seen.on_hold { players.iter().filter(is_its_music).copied().collect() } else { Vec::new() },
        talking: seen.source.active,
        level_dbfs: dbfs(seen.source.rms),
        muted: seen.muted,
        contributor: Some(contributor(seen.key)),
        connection,
        mix: Mix { peak_dbfs: dbfs(seen.listener.peak), reduction_db: rounded(seen.listener.reduction.0) },
        mixer_level: controller.configuration(id).ok()?.mixer_level(id),
    })
}

/// Those who are at other servers, as this one knows them.
struct Elsewhere<'a> {
    conference: Option<&'a Conference>,
    all: BTreeMap<&'a str, &'a ClusterParticipant>,
}

impl<'a> Elsewhere<'a> {
    fn of(conference: Option<&'a Conference>, everywhere: &'a [ClusterParticipant]) -> Self {
        let own = conference.map(Conference::node);
        let all = everywhere.iter().filter(|one| one.node != own);
        Self { conference, all: all.map(|one| (one.id.as_str(), one)).collect() }
    }

    fn has(&self, id: &str) -> bool {
        self.all.contains_key(id)
    }

    /// With what is heard of them here.
    fn participants(self, here: &'a [ParticipantSnapshot]) -> impl Iterator<Item = Participant<'a>> {
        let seen: HashMap<_, _> = here.iter().map(|seen| (seen.id.as_str(), seen)).collect();
        let Self { conference, all } = self;
        all.into_values().filter_map(move |one| elsewhere(one, conference?, seen.get(one.id.as_str()).copied()))
    }
}

/// Somebody at another server; `None` if it has left meanwhile.
fn elsewhere<'a>(
    one: &'a ClusterParticipant,
    conference: &Conference,
    seen: Option<&ParticipantSnapshot>,
) -> Option<Participant<'a>> {
    let id = one.id.as_str();
    Some(Participant {
        id,
        node: Some(one.node.as_ref().map(|node| node.as_str().to_owned())),
        sends: one.direction != Direction::Listener,
        hears: one.direction != Direction::Source,
        plays: one.direction == Direction::Source,
        routing: &one.routing,
        on_hold: one.on_hold,
        hold_music: Vec::new(),
        talking: seen.is_some_and(|seen| seen.source.active),
        level_dbfs: seen.and_then(|seen| dbfs(seen.source.rms)),
        muted: one.muted,
        contributor: seen.map(|seen| contributor(seen.key)),
        connection: None,
        mix: Mix { peak_dbfs: None, reduction_db: 0.0 },
        mixer_level: conference.configuration(id).ok()?.mixer_level(id),
    })
}

/// All others in this call could hear, too, if they do not.
fn plays(seen: &ParticipantSnapshot) -> bool {
    seen.direction == Direction::Source
}

fn dbfs(amplitude: f32) -> Option<f64> {
    (amplitude > 0.0).then(|| rounded(Decibels::from_amplitude(amplitude.into()).0))
}

/// Rounds to a precision that can be seen.
fn rounded(decibels: f64) -> f64 {
    (decibels * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use mixminus::{Frame, JoinOptions, MixerConfig};
    use serde_json::{Value, json};

    #[test]
    fn a_state_has_the_dominant_speaker_and_the_levels_in_force() {
        let (controller, mut processor) = MixerConfig::default().build().unwrap();
        let anna = controller.join("anna", JoinOptions::default()).unwrap();
        controller.join("guest", JoinOptions { direction: Direction::Listener, ..JoinOptions::default() }).unwrap();
        controller
            .configure(&[ParticipantMixerLevel { exclusive: true, ..ParticipantMixerLevel::new("guest") }])
            .unwrap();
        let mut audio = processor.enter();
        let mut tick = audio.tick();
        tick.send(anna, Frame::from(&[0.5_f32; 480][..])).unwrap();
        tick.mix();
        let state: Value = serde_json::from_str(&super::json("c", &controller, None, None, HashMap::new())).unwrap();
        assert_eq!(state["participants"][0]["levelDbfs"], json!(-6.02));
        let guest = json!({
            "id": "guest", "sends": false, "hears": true, "plays": false, "routing": "defaultGroup", "onHold": false,
            "holdMusic": [], "talking": false, "levelDbfs": null, "muted": false,
            "contributor": 2, "connection": null, "mix": { "peakDbfs": null, "reductionDb": 0.0 },
            "mixerLevel": { "participant": "guest", "exclusive": true, "sourceLevels": [] },
        });
        assert_eq!(state["participants"][1], guest);
        assert_eq!((&state["dominant"], &state["call"]), (&json!("anna"), &json!("c")));
    }

    #[test]
    fn a_state_has_what_decides_who_hears_whom() {
        let (controller, _processor) = MixerConfig::default().build().unwrap();
        let routed = |routing| JoinOptions { routing, ..JoinOptions::default() };
        let music = JoinOptions { direction: Direction::Source, ..routed(Routing::Apart) };
        controller.set_role_table(RoleTable::new().hears("agent", ["customer"]));
        controller.join("anna", routed(Routing::Role("agent".into()))).unwrap();
        controller.join("ben", routed(Routing::Apart)).unwrap();
        controller.join("music", music.clone()).unwrap();
        controller.join("other", music).unwrap();
        controller.set_private_group("whisper", PrivateGroup::new(["ben"], ["anna"])).unwrap();
        controller.hold("ben", &["music"]).unwrap();
        let state: Value = serde_json::from_str(&super::json("c", &controller, None, None, HashMap::new())).unwrap();
        assert_eq!(state["roles"], json!({ "agent": ["customer"] }));
        assert_eq!(state["groups"], json!([{ "id": "whisper", "sources": ["ben"], "receivers": ["anna"] }]));
        let [anna, ben, music, _other] = &state["participants"].as_array().unwrap()[..] else { panic!("{state}") };
        assert_eq!((&anna["routing"], &anna["onHold"]), (&json!({ "role": "agent" }), &json!(false)));
        assert_eq!((&ben["onHold"], &ben["holdMusic"]), (&json!(true), &json!(["music"])));
        assert_eq!((&music["plays"], &music["sends"], &music["hears"]), (&json!(true), &json!(true), &json!(false)));
    }
}
