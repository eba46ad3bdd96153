//! The gains: a row for each source, with its gain in the chosen listener's mix.

use plotters::style::RGBColor;

use super::{
    Picture,
    canvas::{Anchor, Canvas, Drawn, Font, LEFT, LIGHT, RIGHT},
};
use crate::envelope::Envelope;

const ROW: f64 = 54.0;
const SPACE: f64 = 20.0;
/// How much a gain may differ and still be drawn as one line, and how wide a level has to be to get
/// a label.
const SAME: f64 = 0.001;
const NAMED_WIDTH: f64 = 34.0;

/// A vertex of a curve: pixels from the left edge, and the gain.
type Point = (f64, f64);

/// The height of all rows.
pub fn height(picture: &Picture<'_>) -> i32 {
    ((ROW + SPACE) * picture.gains.sources.len() as f64 - SPACE).max(0.0) as i32
}

/// Draws the rows.
pub fn draw(picture: &Picture<'_>, canvas: &Canvas<'_>, top: i32) -> Drawn {
    for (row, (member, gain)) in picture.gains.sources.iter().enumerate() {
        let base = f64::from(top) + ROW + (ROW + SPACE) * row as f64;
        let colour = picture.colour(*member);
        picture.label(canvas, *member, base - ROW / 2.0)?;
        scale(canvas, base)?;
        for (first, columns) in gain.stretches() {
            curve(canvas, gain, first, &columns, base, colour)?;
        }
    }
    Ok(())
}

/// The lines of 0, 50 and 100 percent, with labels on the right.
fn scale(canvas: &Canvas<'_>, base: f64) -> Drawn {
    for percent in [0, 50, 100] {
        let y = base - ROW * f64::from(percent) / 100.0;
        canvas.line([(f64::from(LEFT), y), (f64::from(RIGHT), y)], LIGHT, 1.0)?;
        canvas.text(&format!("{percent} %"), (f64::from(RIGHT + 8), y), Anchor::Left, Font::NOTE)?;
    }
    Ok(())
}

/// One stretch of a gain: the band between its extremes, above a shade. The band is a line unless
/// the gain changes within one column.
fn curve(
    canvas: &Canvas<'_>,
    gain: &Envelope,
    first: usize,
    columns: &[(f32, f32)],
    base: f64,
    colour: RGBColor,
) -> Drawn {
    let width = f64::from(RIGHT - LEFT) / gain.columns() as f64;
    let x = |place: usize| f64::from(LEFT) + (first as f64 + place as f64 + 0.5) * width;
    let along = |pick: fn(&(f32, f32)) -> f64| {
        let points: Vec<Point> =
            columns.iter().enumerate().map(|(place, extremes)| (x(place), pick(extremes))).collect();
        straightened(&points)
    };
    let on_sheet = |(x, gain): Point| (x, base - ROW * gain);
    let middle = along(|(low, high)| f64::from(low + high) / 2.0);
    let (low, high) = (along(|(low, _)| f64::from(*low)), along(|(_, high)| f64::from(*high)));

    let (left, right) = (x(0), x(columns.len().saturating_sub(1)));
    let shade = [(left, 0.0)].into_iter().chain(middle.iter().copied()).chain([(right, 0.0)]);
    canvas.polygon(shade.map(on_sheet), colour, 0.15)?;
    canvas.polygon(high.into_iter().chain(low.into_iter().rev()).map(on_sheet), colour, 0.6)?;
    for (from, to) in middle.iter().zip(middle.iter().skip(1)) {
        name_level(canvas, *from, *to, base)?;
    }
    canvas.line(middle.into_iter().map(on_sheet), colour, 2.0)
}

/// Labels a level that is held for long enough, unless the scale labels it already.
fn name_level(canvas: &Canvas<'_>, from: Point, to: Point, base: f64) -> Drawn {
    let level = (from.1 + to.1) / 2.0;
    let on_scale = [0.0, 1.0].iter().any(|line| (level - line).abs() < 0.005);
    if (from.1 - to.1).abs() > SAME || to.0 - from.0 < NAMED_WIDTH || on_scale {
        return Ok(());
    }
    let beside = if level < 0.7 { -10.0 } else { 10.0 };
    let at = ((from.0 + to.0) / 2.0, base - ROW * level + beside);
    canvas.text(&format!("{:.0} %", level * 100.0), at, Anchor::Middle, Font { bold: true, ..Font::LABEL })
}

/// Removes the points that lie on the straight line between their neighbours (after Douglas and
/// Peucker).
fn straightened(points: &[Point]) -> Vec<Point> {
    let [first, between @ .., last] = points else { return points.to_vec() };
    let slope = (last.1 - first.1) / (last.0 - first.0);
    let away = |point: &Point| (first.1 + slope * (point.0 - first.0) - point.1).abs();
    let farthest = (0..between.len()).max_by(|a, b| away(&between[*a]).total_cmp(&away(&between[*b])));
    match farthest.filter(|place| away(&between[*place]) > SAME) {
        None => vec![*first, *last],
        Some(place) => {
            let mut kept = straightened(&points[..=place + 1]);
            kept.pop();
            kept.extend(straightened(&points[place + 1..]));
            kept
        }
    }
}
