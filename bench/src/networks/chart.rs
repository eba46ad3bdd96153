//! A picture of the delays: NetEq's, and those of the port.

use plotters::{coord::types::RangedCoordf64, prelude::*};

use super::contest::{Line, SentAs};
use crate::{
    Result,
    charts::{INK, LIGHT, PALETTE},
};

/// The name of the file.
pub const FILE: &str = "networks.svg";

const SIZE: (u32, u32) = (900, 620);
/// How thick a bar is: of the height of a trace.
const THICK: f64 = 0.36;

/// The picture.
pub fn svg(lines: &[Line]) -> Result<String> {
    let mut svg = String::new();
    // The errors of plotters are not Send: their text is.
    draw(lines, &mut svg).map_err(|fault| format!("the chart {FILE} cannot be drawn: {fault}"))?;
    Ok(svg)
}

/// The result of a call of plotters.
type Drawn = std::result::Result<(), Box<dyn std::error::Error>>;
type Plane<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

fn draw(lines: &[Line], svg: &mut String) -> Drawn {
    let lines: Vec<_> = lines.iter().filter(|line| line.sent_as == SentAs::Opus).collect();
    let neteq = |line: &Line| line.neteq.map_or(0.0, |neteq| neteq.mean_ms);
    let longest = lines.iter().map(|line| neteq(line).max(line.figures.mean_ms)).fold(1.0, f64::max);
    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let count = lines.len() as f64;
    let mut plane = ChartBuilder::on(&area)
        .caption("Mean delay of packets of Opus, in ms", ("sans-serif", 22).into_font().color(&INK))
        .margin(18)
        .x_label_area_size(30)
        .y_label_area_size(90)
        .build_cartesian_2d(0.0..longest * 1.05, count..0.0)?;
    plane
        .configure_mesh()
        .disable_y_mesh()
        .bold_line_style(LIGHT)
        .light_line_style(TRANSPARENT)
        .axis_style(INK)
        .y_labels(0)
        .label_style(("sans-serif", 14).into_font().color(&INK))
        .draw()?;
    for (at, line) in lines.iter().enumerate() {
        let middle = plane.backend_coord(&(0.0, at as f64 + 0.5));
        let style = ("sans-serif", 14).into_font().color(&INK);
        area.draw(&Text::new(line.trace.clone(), (18, middle.1 - 7), style))?;
    }
    let ours: Vec<_> = lines.iter().map(|line| line.figures.mean_ms).collect();
    let theirs: Vec<_> = lines.iter().map(|line| neteq(line)).collect();
    for (name, delays, offset, colour) in
        [("mixminus", ours, 0.5 - THICK, PALETTE[0]), ("NetEq", theirs, 0.5, PALETTE[1])]
    {
        let bars = delays.iter().enumerate().map(|(at, delay)| {
            let top = at as f64 + offset;
            Rectangle::new([(0.0, top), (*delay, top + THICK)], colour.filled())
        });
        plane
            .draw_series(bars)?
            .label(name)
            .legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 18, y + 5)], colour.filled()));
    }
    legend(&mut plane)?;
    Ok(area.present()?)
}

fn legend<'a, 'b: 'a>(plane: &mut Plane<'a, 'b>) -> Drawn {
    plane
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerRight)
        .margin(12)
        .legend_area_size(28)
        .label_font(("sans-serif", 15).into_font().color(&INK))
        .background_style(WHITE.mix(0.9))
        .border_style(LIGHT)
        .draw()?;
    Ok(())
}
