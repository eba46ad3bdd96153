//! The history of a call: when each participant was in it, when each was muted, and the script's
//! changes in words.

use std::ops::Range;

use mixminus::{Pan, config::ParticipantMixerLevel};

use crate::scene::{Change, Scene};

/// All changes before one tick.
#[derive(Debug)]
pub struct Moment {
    pub tick: usize,
    pub said: Vec<String>,
}

/// The stays of a member of the cast, as ranges of ticks.
pub fn stays(scene: &Scene, member: usize) -> Vec<Range<usize>> {
    spans(scene, |change| match change {
        Change::Join { member: who, .. } if *who == member => Some(true),
        Change::Leave { member: who } if *who == member => Some(false),
        _ => None,
    })
}

/// When a member of the cast was muted, as ranges of ticks.
pub fn mutes(scene: &Scene, member: usize) -> Vec<Range<usize>> {
    spans(scene, |change| match change {
        Change::Mute { member: who, muted } if *who == member => Some(*muted),
        // A participant who comes back is no longer muted.
        Change::Leave { member: who } if *who == member => Some(false),
        _ => None,
    })
}

/// The changes of the script, in order.
pub fn moments(scene: &Scene) -> Vec<Moment> {
    let mut moments: Vec<Moment> = Vec::new();
    for cue in scene.cues.iter().filter(|cue| cue.event.is_some() && cue.tick < scene.ticks()) {
        let said = describe(scene, &cue.change);
        match moments.last_mut() {
            Some(last) if last.tick == cue.tick => last.said.extend(said),
            _ => moments.push(Moment { tick: cue.tick, said }),
        }
    }
    moments
}

/// The ranges between the cues that switch something on and those that switch it off.
fn spans(scene: &Scene, switches: impl Fn(&Change) -> Option<bool>) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut since = None;
    for cue in &scene.cues {
        match (switches(&cue.change), since) {
            (Some(true), None) => since = Some(cue.tick),
            (Some(false), Some(start)) => {
                spans.push(start..cue.tick);
                since = None;
            }
            _ => {}
        }
    }
    spans.extend(since.map(|start| start..scene.ticks()));
    spans.retain(|span| span.start < span.end.min(scene.ticks()));
    spans
}

fn describe(scene: &Scene, change: &Change) -> Vec<String> {
    let id = |member: &usize| &scene.cast[*member].id;
    match change {
        Change::Join { member, .. } => vec![format!("{} joins", id(member))],
        Change::Leave { member } => vec![format!("{} leaves", id(member))],
        Change::Mute { member, muted: true } => vec![format!("{} is muted", id(member))],
        Change::Mute { member, muted: false } => vec![format!("{} is unmuted", id(member))],
        Change::Pan { listener, source, pan } => {
            vec![format!("{} hears {} {}", id(listener), id(source), side(*pan))]
        }
        Change::Configure(levels) => levels.iter().map(configuration).collect(),
    }
}

fn side(pan: Pan) -> String {
    let percent = (100.0 * pan.position().abs()).round();
    match pan.position() {
        0.0 => "in the middle".to_owned(),
        position if position < 0.0 => format!("{percent} % left"),
        _ => format!("{percent} % right"),
    }
}

fn configuration(level: &ParticipantMixerLevel) -> String {
    let mut parts = Vec::new();
    if level.exclusive {
        parts.push("exclusive".to_owned());
    }
    if let Some(ducking) = &level.ducking {
        parts.push(format!(
            "ducking {}–{} % ({} ms down, {} ms up)",
            ducking.lower_level, ducking.upper_level, ducking.ramp_active, ducking.ramp_inactive
        ));
    }
    parts.extend(level.source_levels.iter().map(|source| {
        let ducks = if source.duck_others { " ducks the others" } else { "" };
        let at =
            if source.duck_others && source.level == 100 { String::new() } else { format!(" at {} %", source.level) };
        format!("{}{at}{ducks}", source.participant)
    }));
    if parts.is_empty() {
        parts.push("everyone as sent".to_owned());
    }
    format!("{} hears: {}", level.participant, parts.join(", "))
}
