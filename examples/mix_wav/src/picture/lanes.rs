//! Who speaks: a lane for each source, with its stays in the call and the times at which its
//! detector found it active.

use std::ops::Range;

use super::{
    Picture,
    canvas::{Anchor, Canvas, Drawn, Font, GREY, LIGHT},
};
use crate::history;

const LANE: i32 = 24;
/// Half the height of the bars of stays and of activity.
const THIN: f64 = 1.0;
const THICK: f64 = 8.0;

/// The height of all lanes.
pub fn height(picture: &Picture<'_>) -> i32 {
    LANE * picture.scene.senders().count() as i32
}

/// Draws the lanes.
pub fn draw(picture: &Picture<'_>, canvas: &Canvas<'_>, top: i32) -> Drawn {
    for (row, member) in picture.scene.senders().enumerate() {
        let y = f64::from(top + LANE * row as i32 + LANE / 2);
        let colour = picture.colour(member);
        picture.label(canvas, member, y)?;
        for stay in history::stays(picture.scene, member) {
            bar(picture, canvas, &stay, y, THIN, colour)?;
        }
        for mute in history::mutes(picture.scene, member) {
            bar(picture, canvas, &mute, y, THICK, LIGHT)?;
            let (from, to) = (picture.x(mute.start), picture.x(mute.end));
            if to - from > 60.0 {
                canvas.text("muted", ((from + to) / 2.0, y), Anchor::Middle, Font { colour: GREY, ..Font::NOTE })?;
            }
        }
        for stretch in merged(picture, picture.outcome.activity.stretches(member)) {
            bar(picture, canvas, &stretch, y, THICK, colour)?;
        }
    }
    Ok(())
}

fn bar(
    picture: &Picture<'_>,
    canvas: &Canvas<'_>,
    ticks: &Range<usize>,
    y: f64,
    half: f64,
    colour: plotters::style::RGBColor,
) -> Drawn {
    let (from, to) = (picture.x(ticks.start), picture.x(ticks.end));
    canvas.bar((from, y - half), (to, y + half), colour, 1.0)
}

/// Merges stretches whose gaps would be too small to see, so that a long call of many participants
/// stays a small file.
fn merged(picture: &Picture<'_>, stretches: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let gap = (picture.scene.senders().count() as f64 / 8.0).max(1.0);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for stretch in stretches {
        match merged.last_mut() {
            Some(last) if picture.x(stretch.start) - picture.x(last.end) < gap => last.end = stretch.end,
            _ => merged.push(stretch),
        }
    }
    merged
}
