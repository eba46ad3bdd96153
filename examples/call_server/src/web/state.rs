//! The state that the desk shows, as JSON: the participants, their levels, and the settings in
//! force for them.

use std::collections::HashMap;

use mixminus::{
    Controller, Decibels, Direction, ParticipantSnapshot, config::ParticipantMixerLevel, stream::RunnerReadings,
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
    /// `None` once the runner is stopped.
    runner: Option<Runner>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Participant<'a> {
    id: &'a str,
    sends: bool,
    hears: bool,
    talking: bool,
    /// The RMS of the last tick that it sent; `None` for silence.
    level_dbfs: Option<f64>,
    muted: bool,
    /// The number that names it in the packets in which it is heard (CSRC).
    contributor: u32,
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
    late_us_p99: f64,
    duration_us_p50: f64,
}

/// The present state. Takes the controllers' lock once for each participant.
pub fn json(
    call: &str,
    controller: &Controller,
    runner: Option<&RunnerReadings>,
    mut connections: HashMap<String, Connected>,
) -> String {
    let snapshot = controller.snapshot();
    let participants = snapshot.participants.iter();
    let state = State {
        call,
        sample_rate: SAMPLE_RATE,
        dominant: snapshot.dominant.as_ref().map(|id| id.as_str()),
        participants: participants
            .filter_map(|participant| {
                let connection = connections.remove(participant.id.as_str());
                self::participant(participant, controller, connection)
            })
            .collect(),
        runner: runner.map(|readings| Runner {
            ticks: readings.ticks,
            skipped_ticks: readings.skipped_ticks,
            late_us_p99: readings.lateness_us.p99,
            duration_us_p50: readings.duration_us.p50,
        }),
    };
    serde_json::to_string(&state).expect("its keys are strings")
}

/// A participant; `None` if it has left since the snapshot.
fn participant<'a>(
    seen: &'a ParticipantSnapshot,
    controller: &Controller,
    connection: Option<Connected>,
) -> Option<Participant<'a>> {
    let id = seen.id.as_str();
    Some(Participant {
        id,
        // A listener of the options may send, too, and has no port until somebody takes its place. A player has none.
        sends: seen.ports.input.is_some() || seen.direction == Direction::Source,
        hears: seen.direction != Direction::Source,
        talking: seen.source.active,
        level_dbfs: dbfs(seen.source.rms),
        muted: seen.muted,
        contributor: contributor(seen.key),
        connection,
        mix: Mix { peak_dbfs: dbfs(seen.listener.peak), reduction_db: rounded(seen.listener.reduction.0) },
        mixer_level: controller.configuration(id).ok()?.mixer_level(id),
    })
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
        let state: Value = serde_json::from_str(&super::json("c", &controller, None, HashMap::new())).unwrap();
        assert_eq!(state["participants"][0]["levelDbfs"], json!(-6.02));
        let guest = json!({
            "id": "guest", "sends": false, "hears": true, "talking": false, "levelDbfs": null, "muted": false,
            "contributor": 2, "connection": null, "mix": { "peakDbfs": null, "reductionDb": 0.0 },
            "mixerLevel": { "participant": "guest", "exclusive": true, "sourceLevels": [] },
        });
        assert_eq!(state["participants"][1], guest);
        assert_eq!((&state["dominant"], &state["call"]), (&json!("anna"), &json!("c")));
    }
}
