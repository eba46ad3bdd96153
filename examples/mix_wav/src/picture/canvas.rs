//! The sheet that the picture is drawn on: shapes and text in pixels, in shared colours and fonts.

use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

/// plotters rounds all positions to whole pixels: the sheet is this many times larger, and is shown
/// at its real size.
const FINER: i32 = 2;

/// The width of the sheet, and the left and right edge of the time axis.
pub const WIDTH: i32 = 1200;
pub const LEFT: i32 = 140;
pub const RIGHT: i32 = 1080;

/// Dark for the main text, grey for captions, light for lines behind the data.
pub const INK: RGBColor = RGBColor(34, 34, 34);
pub const GREY: RGBColor = RGBColor(102, 102, 102);
pub const LIGHT: RGBColor = RGBColor(214, 214, 214);

/// The palette of Okabe and Ito, which people with any colour vision can tell apart; without its
/// yellow, which is too light for lines.
const PALETTE: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(0, 0, 0),
];

/// The colour of a member of the cast, the same in every part of the picture.
pub fn colour(member: usize) -> RGBColor {
    PALETTE[member % PALETTE.len()]
}

/// Which end of a text is at its point.
#[derive(Debug, Clone, Copy)]
pub enum Anchor {
    Left,
    Middle,
    Right,
}

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub struct Font {
    pub size: i32,
    pub bold: bool,
    pub colour: RGBColor,
}

impl Font {
    pub const TITLE: Self = Self { size: 22, bold: true, colour: INK };
    pub const HEADING: Self = Self { size: 15, bold: true, colour: INK };
    pub const LABEL: Self = Self { size: 13, bold: false, colour: INK };
    pub const NOTE: Self = Self { size: 12, bold: false, colour: GREY };
}

/// The result of drawing. plotters draws into memory here, so no error is expected.
pub type Drawn = Result<(), Box<dyn std::error::Error>>;

/// The sheet.
pub struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

impl<'a> Canvas<'a> {
    /// Makes a white sheet that is written into `svg`.
    pub fn new(svg: &'a mut String, height: i32) -> Result<Self, Box<dyn std::error::Error>> {
        let size = ((WIDTH * FINER) as u32, (height * FINER) as u32);
        let area = SVGBackend::with_string(svg, size).into_drawing_area();
        area.fill(&WHITE)?;
        Ok(Self { area })
    }

    /// Completes the sheet.
    pub fn finish(self) -> Drawn {
        Ok(self.area.present()?)
    }

    /// A filled shape.
    pub fn polygon(&self, points: impl IntoIterator<Item = (f64, f64)>, colour: RGBColor, opacity: f64) -> Drawn {
        let points: Vec<_> = points.into_iter().map(fine).collect();
        Ok(self.area.draw(&Polygon::new(points, colour.mix(opacity)))?)
    }

    /// A line through points.
    pub fn line(&self, points: impl IntoIterator<Item = (f64, f64)>, colour: RGBColor, width: f64) -> Drawn {
        let points: Vec<_> = points.into_iter().map(fine).collect();
        let stroke = (width * f64::from(FINER)).round() as u32;
        Ok(self.area.draw(&PathElement::new(points, colour.stroke_width(stroke)))?)
    }

    /// A filled box.
    pub fn bar(&self, from: (f64, f64), to: (f64, f64), colour: RGBColor, opacity: f64) -> Drawn {
        Ok(self.area.draw(&Rectangle::new([fine(from), fine(to)], colour.mix(opacity).filled()))?)
    }

    /// A filled disc.
    pub fn disc(&self, centre: (f64, f64), radius: i32, colour: RGBColor) -> Drawn {
        Ok(self.area.draw(&Circle::new(fine(centre), radius * FINER, colour.filled()))?)
    }

    /// A text; its height is centred on the point.
    pub fn text(&self, text: &str, at: (f64, f64), anchor: Anchor, font: Font) -> Drawn {
        let h_pos = match anchor {
            Anchor::Left => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::Right => HPos::Right,
        };
        let weight = if font.bold { FontStyle::Bold } else { FontStyle::Normal };
        // plotters divides the font size by 1.24 when it writes the file.
        let size = f64::from(font.size * FINER) * 1.24;
        let style = TextStyle::from(("sans-serif", size, weight).into_font()).color(&font.colour);
        Ok(self.area.draw(&Text::new(text.to_owned(), fine(at), style.pos(Pos::new(h_pos, VPos::Center))))?)
    }
}

/// Sets the file's real size; the larger sheet stays its coordinate system.
pub fn at_real_size(svg: &str, height: i32) -> String {
    let fine = format!("width=\"{}\" height=\"{}\" viewBox", WIDTH * FINER, height * FINER);
    svg.replacen(&fine, &format!("width=\"{WIDTH}\" height=\"{height}\" viewBox"), 1)
}

fn fine((x, y): (f64, f64)) -> (i32, i32) {
    ((x * f64::from(FINER)).round() as i32, (y * f64::from(FINER)).round() as i32)
}
