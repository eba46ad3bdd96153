//! What each participant hears: a row with the waveform of its mix, all rows on one scale.

use super::{
    Picture,
    canvas::{Anchor, Canvas, Drawn, Font, GREY, LEFT, LIGHT, RIGHT},
};
use crate::meter::{dbfs, one_decimal};

const ROW: i32 = 44;

/// The height of all rows.
pub fn height(picture: &Picture<'_>) -> i32 {
    ROW * picture.scene.cast.len() as i32
}

/// The note that says which level the height of a row stands for.
pub fn scale_note(picture: &Picture<'_>) -> String {
    match dbfs(loudest(picture)) {
        Some(level) => format!("amplitude; a row is as high as a peak of {} dBFS", decibels(level)),
        None => "amplitude; all of it is silence".to_owned(),
    }
}

/// Draws the rows.
pub fn draw(picture: &Picture<'_>, canvas: &Canvas<'_>, top: i32) -> Drawn {
    let scale = f64::from(ROW / 2 - 2) / loudest(picture).max(f64::MIN_POSITIVE);
    for (row, heard) in picture.outcome.heard.iter().enumerate() {
        let middle = f64::from(top + ROW * row as i32 + ROW / 2);
        picture.label(canvas, row, middle)?;
        canvas.line([(f64::from(LEFT), middle), (f64::from(RIGHT), middle)], LIGHT, 1.0)?;
        let width = f64::from(RIGHT - LEFT) / heard.waveform.columns() as f64;
        for (first, columns) in heard.waveform.stretches() {
            let x = |place: usize| f64::from(LEFT) + (first as f64 + place as f64 + 0.5) * width;
            let upper =
                columns.iter().enumerate().map(|(place, (_, high))| (x(place), middle - scale * f64::from(*high)));
            let lower =
                columns.iter().enumerate().map(|(place, (low, _))| (x(place), middle - scale * f64::from(*low)));
            canvas.polygon(upper.chain(lower.rev()), GREY, 1.0)?;
        }
        let peak = match dbfs(f64::from(heard.meter.peak)) {
            Some(level) => format!("peak {} dBFS", decibels(level)),
            None => "silence".to_owned(),
        };
        canvas.text(&peak, (f64::from(RIGHT + 8), middle), Anchor::Left, Font::NOTE)?;
    }
    Ok(())
}

fn loudest(picture: &Picture<'_>) -> f64 {
    picture.outcome.heard.iter().map(|heard| f64::from(heard.meter.peak)).fold(0.0, f64::max)
}

/// A level with a typographic minus sign.
fn decibels(level: f64) -> String {
    one_decimal(level).replace('-', "−")
}
