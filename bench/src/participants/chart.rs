//! A picture of what participants cost: a bar for each way to run the large rooms, made of its steps.

use plotters::{coord::types::RangedCoordf64, prelude::*};

use super::{
    codec::Codec,
    cost::Cost,
    options::Talking,
    scenario::{Encoders, LARGE, Others, Scenario},
    step::Step,
};
use crate::{
    Result,
    charts::{INK, LIGHT, PALETTE},
    report::units,
};

/// The name of the file.
pub const FILE: &str = "participants.svg";

/// How wide the picture is, how high a bar with its space, and all that is no bar, in pixels.
const WIDTH: u32 = 960;
const BAR: u32 = 46;
const AROUND: u32 = 130;
/// How thick a bar is: of its height with the space.
const THICK: f64 = 0.6;
/// What a bar is made of, from the left to the right.
const PARTS: [(&str, &[Step]); 5] = [
    ("encode", &[Step::Encode]),
    ("decode", &[Step::Decode]),
    ("network in and out", &[Step::In, Step::Out]),
    ("ports", &[Step::Ports]),
    ("mix and relay", &[Step::Mix, Step::Relay]),
];

/// The result of a call of plotters.
type Drawn = std::result::Result<(), Box<dyn std::error::Error>>;
type Plane<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// The picture.
pub fn svg(costs: &[Cost]) -> Result<String> {
    let mut svg = String::new();
    // The errors of plotters are not Send: their text is.
    draw(costs, &mut svg).map_err(|fault| format!("the chart {FILE} cannot be drawn: {fault}"))?;
    Ok(svg)
}

fn draw(costs: &[Cost], svg: &mut String) -> Drawn {
    let is_shown = |cost: &&Cost| cost.scenario.people >= LARGE && cost.scenario.tick_ms == 10;
    let costs: Vec<_> = costs.iter().filter(is_shown).collect();
    let longest = costs.iter().map(|cost| cost.sum_us()).fold(1.0, f64::max);
    let size = (WIDTH, BAR * costs.len() as u32 + AROUND);
    let area = SVGBackend::with_string(svg, size).into_drawing_area();
    area.fill(&WHITE)?;
    let mut plane = ChartBuilder::on(&area)
        .caption("Processor time of a participant, in µs for each 20 ms", ("sans-serif", 22).into_font().color(&INK))
        .margin(18)
        .x_label_area_size(30)
        .y_label_area_size(330)
        .build_cartesian_2d(0.0..longest * 1.25, costs.len() as f64..0.0)?;
    plane
        .configure_mesh()
        .disable_y_mesh()
        .bold_line_style(LIGHT)
        .light_line_style(TRANSPARENT)
        .axis_style(INK)
        .y_labels(0)
        .label_style(("sans-serif", 14).into_font().color(&INK))
        .draw()?;
    for (at, cost) in costs.iter().enumerate() {
        let (style, top) = (("sans-serif", 14).into_font().color(&INK), at as f64 + (1.0 - THICK) / 2.0);
        let (begin, end) = (plane.backend_coord(&(0.0, top)), plane.backend_coord(&(cost.sum_us(), top)));
        area.draw(&Text::new(name(&cost.scenario), (18, begin.1 + 6), style.clone()))?;
        area.draw(&Text::new(
            format!("{} to a core", units::count(cost.to_a_core() as usize)),
            (end.0 + 8, end.1 + 6),
            style,
        ))?;
    }
    for (part, (name, steps)) in PARTS.iter().enumerate() {
        draw_part(&mut plane, &costs, part, (name, steps))?;
    }
    legend(&mut plane)?;
    Ok(area.present()?)
}

/// One part of all bars.
fn draw_part(plane: &mut Plane<'_, '_>, costs: &[&Cost], part: usize, (name, steps): (&'static str, &[Step])) -> Drawn {
    let of = |cost: &Cost, steps: &[Step]| steps.iter().map(|step| cost.steps[*step]).sum::<f64>();
    let colour = PALETTE[part];
    let bars = costs.iter().enumerate().map(|(at, cost)| {
        let begin: f64 = PARTS[..part].iter().map(|(_, before)| of(cost, before)).sum();
        let top = at as f64 + (1.0 - THICK) / 2.0;
        Rectangle::new([(begin, top), (begin + of(cost, steps), top + THICK)], colour.filled())
    });
    plane
        .draw_series(bars)?
        .label(name)
        .legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 18, y + 5)], colour.filled()));
    Ok(())
}

/// A call in a few words.
fn name(scenario: &Scenario) -> String {
    let Scenario { people, talking, others, levels, loudest, encoders, codec, .. } = *scenario;
    let what = match (talking, others, levels) {
        (Talking::All, _, _) => match loudest {
            None => "all talk and are heard",
            Some(_) if levels => "all talk, 3 heard, levels",
            Some(_) => "all talk, 3 heard",
        },
        (Talking::Some(_), Others::Nothing, _) => "3 talk, others send nothing",
        (Talking::Some(_), Others::Noise, false) => "3 talk, open microphones",
        (Talking::Some(_), Others::Noise, true) => "3 talk, open, levels",
    };
    let each = if encoders == Encoders::Listener { ", encoder each" } else { "" };
    let library = if codec == Codec::OpusRs { String::new() } else { format!(" ({})", codec.name()) };
    format!("{}: {what}{each}{library}", units::count(people))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::participants::cost::example;

    #[test]
    fn each_room_has_a_bar_and_each_part_a_name() {
        let svg = svg(&example::costs()).unwrap();
        let texts = ["100: 3 talk, open microphones", "all talk and are heard", "714 to a core", "network in and out"];
        assert!(texts.iter().all(|text| svg.contains(text)), "{svg}");
    }
}
