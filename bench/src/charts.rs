//! A [`Chart`] of the time of a tick by the size of the room. Both axes are logarithmic.

use plotters::{
    coord::combinators::{IntoLogRange as _, LogCoord},
    prelude::*,
};

use crate::{Result, report::units, signal::TICK_SECONDS};

/// The size of a chart, in pixels.
const SIZE: (u32, u32) = (900, 560);

/// The colour of text and axes.
pub const INK: RGBColor = RGBColor(34, 34, 34);
/// The colour of what lies behind.
pub const LIGHT: RGBColor = RGBColor(222, 222, 222);
/// The palette of Okabe and Ito: people with any colour vision can tell its colours apart. The
/// first is for this crate.
pub const PALETTE: [RGBColor; 5] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
];

/// A contender's times, by the participants of the room, in seconds.
#[derive(Debug, Clone)]
pub struct Series {
    /// The name of the contender.
    pub name: &'static str,
    /// Participants and seconds.
    pub points: Vec<(f64, f64)>,
}

/// A chart of several contenders.
#[derive(Debug, Clone)]
pub struct Chart {
    /// The name of its file.
    pub file: &'static str,
    /// Its title, with the instruction set.
    pub title: String,
    /// The contenders, this crate first.
    pub series: Vec<Series>,
}

/// The result of a call of plotters.
type Drawn = Result<(), Box<dyn std::error::Error>>;
type Plane<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<LogCoord<f64>, LogCoord<f64>>>;

impl Chart {
    /// The picture.
    pub fn svg(&self) -> Result<String> {
        let mut svg = String::new();
        // The errors of plotters are not Send: their text is.
        self.draw(&mut svg).map_err(|fault| format!("the chart {} cannot be drawn: {fault}", self.file))?;
        Ok(svg)
    }

    fn draw(&self, svg: &mut String) -> Drawn {
        let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
        area.fill(&WHITE)?;
        let (sizes, times) = self.ranges();
        let mut plane = ChartBuilder::on(&area)
            .caption(&self.title, ("sans-serif", 22).into_font().color(&INK))
            .margin(18)
            .margin_right(40)
            .x_label_area_size(50)
            .y_label_area_size(80)
            .build_cartesian_2d(sizes.clone().log_scale(), times.log_scale())?;
        axes(&mut plane)?;
        let limit = [sizes.start, sizes.end].map(|size| (size, TICK_SECONDS));
        plane
            .draw_series(DashedLineSeries::new(limit, 6, 4, INK.stroke_width(1)))?
            .label("10 ms: all of a tick")
            .legend(|(x, y)| PathElement::new([(x, y), (x + 24, y)], INK.stroke_width(1)));
        for (series, colour) in self.series.iter().zip(PALETTE) {
            series.draw(&mut plane, colour)?;
        }
        legend(&mut plane)?;
        Ok(area.present()?)
    }

    /// The ranges of participants and times that hold all points and the length of a tick.
    fn ranges(&self) -> (std::ops::Range<f64>, std::ops::Range<f64>) {
        let points = || self.series.iter().flat_map(|series| &series.points);
        let least = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::INFINITY, f64::min);
        let most = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0, f64::max);
        let sizes = least(&mut points().map(|point| point.0))..most(&mut points().map(|point| point.0));
        let (shortest, longest) = (least(&mut points().map(|point| point.1)), most(&mut points().map(|point| point.1)));
        (sizes, shortest.min(TICK_SECONDS) / 1.5..longest.max(TICK_SECONDS) * 1.5)
    }
}

fn axes(plane: &mut Plane<'_, '_>) -> Drawn {
    plane
        .configure_mesh()
        .bold_line_style(LIGHT)
        .light_line_style(TRANSPARENT)
        .axis_style(INK)
        .label_style(("sans-serif", 15).into_font().color(&INK))
        .x_desc("participants")
        .y_desc("time of a tick")
        .x_label_formatter(&|size| units::count(size.round() as usize))
        .y_label_formatter(&|seconds| units::time(*seconds))
        .draw()?;
    Ok(())
}

fn legend<'a, 'b: 'a>(plane: &mut Plane<'a, 'b>) -> Drawn {
    plane
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .margin(12)
        .legend_area_size(34)
        .label_font(("sans-serif", 15).into_font().color(&INK))
        .background_style(WHITE.mix(0.9))
        .border_style(LIGHT)
        .draw()?;
    Ok(())
}

impl Series {
    fn draw(&self, plane: &mut Plane<'_, '_>, colour: RGBColor) -> Drawn {
        plane
            .draw_series(LineSeries::new(self.points.iter().copied(), colour.stroke_width(2)))?
            .label(self.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 24, y)], colour.stroke_width(3)));
        plane.draw_series(self.points.iter().map(|point| Circle::new(*point, 4, colour.filled())))?;
        Ok(())
    }
}

/// A chart to test with.
#[cfg(test)]
pub fn example() -> Chart {
    let points = vec![(8.0, 1e-6), (100.0, 1e-4), (1000.0, 1e-2)];
    Chart { file: "example.svg", title: "An example".into(), series: vec![Series { name: "somebody", points }] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_names_its_axes_and_series() {
        let svg = example().svg().unwrap();
        for text in ["An example", "participants", "time of a tick", "somebody", "10 ms"] {
            assert!(svg.contains(text), "{text}");
        }
    }

    #[test]
    fn everything_lies_within_the_ranges() {
        let (sizes, times) = example().ranges();
        assert_eq!(sizes, 8.0..1000.0);
        assert!(times.start < 1e-6 && times.end > 1e-2);
    }
}
