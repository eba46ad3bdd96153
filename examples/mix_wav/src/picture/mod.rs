//! The picture of a call over time: who speaks, the gain of each source in one listener's mix, and
//! what all participants hear.

mod canvas;
mod gains;
mod lanes;
mod moments;
mod waves;

use crate::{
    error::Error,
    history::{self, Moment},
    probe::Gains,
    run::Outcome,
    scene::Scene,
};
use canvas::{Anchor, Canvas, Drawn, Font, GREY, INK, LEFT, RIGHT};

/// The height of the title.
const TITLE: i32 = 80;
/// The space between two parts.
const GAP: i32 = 26;
/// The height of a part's heading.
const HEADING: i32 = 30;
/// The left edge of titles and headings.
const MARGIN: i32 = 24;

/// The data of the picture.
struct Picture<'a> {
    scene: &'a Scene,
    outcome: &'a Outcome,
    gains: &'a Gains,
    moments: Vec<Moment>,
}

/// The top of each part.
struct Layout {
    lanes: i32,
    gains: i32,
    waves: i32,
    axis: i32,
    list: i32,
    height: i32,
}

/// Draws the call as an SVG document.
pub fn draw(scene: &Scene, outcome: &Outcome, gains: &Gains) -> Result<String, Error> {
    let picture = Picture { scene, outcome, gains, moments: history::moments(scene) };
    let layout = picture.layout();
    let mut svg = String::new();
    let drawn = picture.draw(&mut svg, &layout);
    drawn.map_err(|cause| Error::Picture(cause.to_string()))?;
    Ok(canvas::at_real_size(&svg, layout.height))
}

impl Picture<'_> {
    fn layout(&self) -> Layout {
        let lanes = TITLE;
        let gains = lanes + HEADING + moments::marks_height(self) + lanes::height(self) + GAP;
        let waves = gains + HEADING + gains::height(self) + GAP;
        let axis = waves + HEADING + waves::height(self) + 4;
        let list = axis + 66;
        Layout { lanes, gains, waves, axis, list, height: list + HEADING + moments::list_height(self) + 16 }
    }

    fn draw(&self, svg: &mut String, layout: &Layout) -> Drawn {
        let canvas = Canvas::new(svg, layout.height)?;
        let listener = &self.scene.cast[self.gains.listener].id;
        self.title(&canvas)?;
        let top = layout.lanes + HEADING;
        // The marks go behind the data, and not through the headings.
        let parts = [
            (top, layout.gains - GAP),
            (layout.gains + HEADING, layout.waves - GAP),
            (layout.waves + HEADING, layout.axis),
        ];
        moments::marks(self, &canvas, parts)?;
        heading(
            &canvas,
            layout.lanes,
            "Who speaks",
            "thin: in the call; thick: found active by the detector; grey: muted",
        )?;
        lanes::draw(self, &canvas, top + moments::marks_height(self))?;
        let gains = format!("The gain of each source in what {} hears", short(listener, 24));
        heading(&canvas, layout.gains, &gains, "in percent; measured sample by sample")?;
        gains::draw(self, &canvas, layout.gains + HEADING)?;
        heading(&canvas, layout.waves, "What each participant hears", &waves::scale_note(self))?;
        waves::draw(self, &canvas, layout.waves + HEADING)?;
        axis(&canvas, layout.axis, self.seconds())?;
        if !self.moments.is_empty() {
            heading(&canvas, layout.list, "What happened", "")?;
            moments::list(self, &canvas, layout.list + HEADING)?;
        }
        canvas.finish()
    }

    fn title(&self, canvas: &Canvas<'_>) -> Drawn {
        let settings = &self.scene.settings;
        let sources = self.scene.senders().count();
        let text = format!(
            "{} participants, {sources} of them sending; {} Hz, ticks of {} ms, smoothing {} ms, limiter {}",
            self.scene.cast.len(),
            settings.rate,
            settings.tick_ms,
            settings.smoothing_ms,
            if settings.limiter { "on" } else { "off" },
        );
        canvas.text("Everyone hears a mix of their own", (f64::from(MARGIN), 32.0), Anchor::Left, Font::TITLE)?;
        canvas.text(&text, (f64::from(MARGIN), 58.0), Anchor::Left, Font::NOTE)
    }

    /// The colour of a source, by its place among the sources.
    fn colour(&self, member: usize) -> plotters::style::RGBColor {
        canvas::colour(self.scene.senders().position(|sender| sender == member).unwrap_or(0))
    }

    /// The length of the call in seconds.
    fn seconds(&self) -> f64 {
        self.scene.settings.seconds(self.scene.length)
    }

    /// The x coordinate of a tick's beginning, at most that of the end of the call.
    fn x(&self, tick: usize) -> f64 {
        let sample = self.scene.length.min(tick * self.scene.settings.tick_samples);
        f64::from(LEFT) + f64::from(RIGHT - LEFT) * sample as f64 / self.scene.length as f64
    }

    /// The label of a row, on its left.
    fn label(&self, canvas: &Canvas<'_>, member: usize, y: f64) -> Drawn {
        canvas.text(&short(&self.scene.cast[member].id, 14), (f64::from(LEFT - 12), y), Anchor::Right, Font::LABEL)
    }
}

/// The heading of a part: its title, and how to read it.
fn heading(canvas: &Canvas<'_>, y: i32, what: &str, how: &str) -> Drawn {
    let y = f64::from(y) + 8.0;
    canvas.text(what, (f64::from(MARGIN), y), Anchor::Left, Font::HEADING)?;
    canvas.text(how, (f64::from(RIGHT), y), Anchor::Right, Font::NOTE)
}

/// The time axis below the parts.
fn axis(canvas: &Canvas<'_>, y: i32, seconds: f64) -> Drawn {
    let y = f64::from(y);
    canvas.line([(f64::from(LEFT), y), (f64::from(RIGHT), y)], GREY, 1.0)?;
    let step = step(seconds);
    let decimals = if step < 0.1 { 2 } else { usize::from(step < 1.0) };
    for second in (0..).map(|count| f64::from(count) * step).take_while(|second| *second <= seconds) {
        let x = f64::from(LEFT) + f64::from(RIGHT - LEFT) * second / seconds;
        canvas.line([(x, y), (x, y + 5.0)], GREY, 1.0)?;
        canvas.text(&format!("{second:.decimals$}"), (x, y + 16.0), Anchor::Middle, Font::NOTE)?;
    }
    let middle = f64::from(LEFT + RIGHT) / 2.0;
    canvas.text("time in the call (s)", (middle, y + 36.0), Anchor::Middle, Font { colour: INK, ..Font::NOTE })
}

/// The distance of two labels of the axis: the round number of seconds that makes at most 15 of them.
fn step(seconds: f64) -> f64 {
    let decades = (-2..=6).map(|power| 10f64.powi(power));
    let steps = decades.flat_map(|decade| [1.0, 2.0, 5.0].map(|step| step * decade));
    steps.into_iter().find(|step| seconds / step <= 15.0).unwrap_or(seconds)
}

/// The text, shortened to so many characters.
fn short(text: &str, characters: usize) -> String {
    if text.chars().count() <= characters {
        return text.to_owned();
    }
    text.chars().take(characters - 1).chain(['…']).collect()
}
