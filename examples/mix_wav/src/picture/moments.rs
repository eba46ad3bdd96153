//! The changes of the script: numbered marks through the whole picture, and a list of their
//! meanings below it.

use super::{
    MARGIN, Picture,
    canvas::{Anchor, Canvas, Drawn, Font, GREY, INK, LEFT},
    short,
};
use crate::history::Moment;
use plotters::style::{RGBColor, WHITE};

/// The most rows of numbers above the picture, and the height of a row.
const ROWS: usize = 2;
const ROW: i32 = 22;
const RADIUS: i32 = 9;
const LINE: i32 = 18;
const MOST_LINES: usize = 24;
/// About how many characters fit in the width of the sheet.
const CHARACTERS: usize = 165;
const RULE: RGBColor = RGBColor(176, 176, 176);

/// Draws a line at each moment through the parts of the picture, each given by its top and bottom,
/// and the moment's number above the first part where there is room.
pub fn marks(picture: &Picture<'_>, canvas: &Canvas<'_>, parts: [(i32, i32); 3]) -> Drawn {
    let height = marks_height(picture);
    let bottom_row = parts[0].0 + height - ROW + RADIUS;
    for ((number, moment), row) in (1..).zip(&picture.moments).zip(rows(picture)) {
        let x = picture.x(moment.tick);
        for (part, (top, bottom)) in parts.into_iter().enumerate() {
            let top = if part == 0 { top + height } else { top };
            canvas.line([(x, f64::from(top)), (x, f64::from(bottom))], RULE, 1.0)?;
        }
        if let Some(row) = row {
            let y = f64::from(bottom_row - ROW * row);
            canvas.line([(x, y), (x, f64::from(parts[0].0 + height))], RULE, 1.0)?;
            canvas.disc((x, y), RADIUS, GREY)?;
            canvas.text(&format!("{number}"), (x, y), Anchor::Middle, Font { colour: WHITE, bold: true, size: 11 })?;
        }
    }
    Ok(())
}

/// The height of the numbers above the first part.
pub fn marks_height(picture: &Picture<'_>) -> i32 {
    rows(picture).into_iter().flatten().max().map_or(0, |row| ROW * (row + 1) + 4)
}

/// For each moment the lowest row that has room for its number; `None` if none has.
fn rows(picture: &Picture<'_>) -> Vec<Option<i32>> {
    let mut ends = [f64::NEG_INFINITY; ROWS];
    let place = |moment: &Moment| {
        let x = picture.x(moment.tick);
        let row = ends.iter().position(|end| x - f64::from(RADIUS) > *end)?;
        ends[row] = x + f64::from(RADIUS) + 2.0;
        i32::try_from(row).ok()
    };
    picture.moments.iter().map(place).collect()
}

/// Draws the list of meanings.
pub fn list(picture: &Picture<'_>, canvas: &Canvas<'_>, top: i32) -> Drawn {
    let y = |row: usize| f64::from(top + LINE * row as i32 + LINE / 2);
    let lines = lines(picture);
    for (row, line) in lines.iter().take(MOST_LINES).enumerate() {
        if let Some((number, second)) = line.head {
            let centre = (f64::from(MARGIN + RADIUS), y(row));
            canvas.disc(centre, RADIUS - 1, GREY)?;
            canvas.text(&format!("{number}"), centre, Anchor::Middle, Font { colour: WHITE, bold: true, size: 10 })?;
            canvas.text(&format!("{second:.2} s"), (f64::from(MARGIN + 72), y(row)), Anchor::Right, Font::NOTE)?;
        }
        canvas.text(&line.text, (f64::from(LEFT - 28), y(row)), Anchor::Left, Font { colour: INK, ..Font::NOTE })?;
    }
    let more = lines.iter().skip(MOST_LINES).filter(|line| line.head.is_some()).count();
    if more > 0 {
        canvas.text(&format!("and {more} more"), (f64::from(LEFT - 28), y(MOST_LINES)), Anchor::Left, Font::NOTE)?;
    }
    Ok(())
}

/// The height of the list.
pub fn list_height(picture: &Picture<'_>) -> i32 {
    LINE * lines(picture).len().min(MOST_LINES + 1) as i32
}

/// A line of the list. The first line of a moment has the moment's number and its time in seconds.
struct Line {
    head: Option<(usize, f64)>,
    text: String,
}

fn lines(picture: &Picture<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    for (number, moment) in (1..).zip(&picture.moments) {
        let second = picture.scene.settings.seconds(moment.tick * picture.scene.settings.tick_samples);
        let mut head = Some((number, second));
        let mut text = String::new();
        for said in &moment.said {
            let said = short(said, CHARACTERS);
            if !text.is_empty() && text.chars().count() + said.chars().count() + 3 > CHARACTERS {
                lines.push(Line { head: head.take(), text: std::mem::take(&mut text) });
            }
            if !text.is_empty() {
                text.push_str(" · ");
            }
            text.push_str(&said);
        }
        lines.push(Line { head, text });
    }
    lines
}
