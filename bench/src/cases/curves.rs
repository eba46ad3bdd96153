//! The data of the charts: the time of a tick in rooms of growing size.

use mixminus::InstructionSet;

use super::{dense, mix_minus};
use crate::{
    Result,
    charts::{Chart, Series},
    contender::{Contender, Key, OURS},
    peers::{Products, SumMinusOwn},
    rounds::Measured,
    session::Session,
};

/// The number of charts.
pub const CURVES: usize = 2;

const MIX_MINUS: [usize; 7] = [8, 32, 100, 316, 1000, 3162, 10_000];
/// A gain for every pair takes seconds in rooms larger than this.
const MOST_PAIRS: usize = 1000;
const DENSE: [usize; 8] = [8, 16, 32, 64, 128, 256, 512, 1024];
/// The contenders of the dense rooms. matrixmultiply is not measured with every instruction set.
const DENSE_NAMES: [&str; 4] = [OURS, Products::LOOP, Products::GEMM, Products::MATRIXMULTIPLY];

/// Measures both charts.
pub fn curves(session: &Session) -> Result<Vec<Chart>> {
    session.begin("mix-minus.svg");
    let mix_minus = mix_minus(session)?;
    session.begin("dense.svg");
    Ok(vec![mix_minus, dense(session)?])
}

fn mix_minus(session: &Session) -> Result<Chart> {
    let mut contenders = Vec::new();
    for size in MIX_MINUS {
        contenders.extend([mix_minus::floats(session.kernel, size)?, mix_minus::yardstick(size)]);
        contenders.extend((size <= MOST_PAIRS).then(|| gain_for_every_pair(session.kernel, size)));
    }
    let measured = session.measure(contenders, 15.0)?;
    Ok(Chart {
        file: "mix-minus.svg",
        title: format!("Everybody talks, nobody is configured ({})", session.kernel),
        series: series(&measured, &[mix_minus::FLOATS, Products::LOOP, SumMinusOwn::NAME], &MIX_MINUS)?,
    })
}

fn dense(session: &Session) -> Result<Chart> {
    let contenders: Result<Vec<_>> = DENSE.into_iter().map(|size| dense::contenders_of(session.kernel, size)).collect();
    let measured = session.measure(contenders?.into_iter().flatten().collect(), 15.0)?;
    Ok(Chart {
        file: "dense.svg",
        title: format!("Everybody talks, every gain of every pair is different ({})", session.kernel),
        series: series(&measured, &DENSE_NAMES, &DENSE)?,
    })
}

/// The plain loop. It does the same work for all gains.
fn gain_for_every_pair(kernel: InstructionSet, size: usize) -> Contender<'static> {
    let mut products = Products::new(kernel, size);
    Contender::repeated(Key::new(Products::LOOP, size), move || {
        products.gain_for_every_pair();
        Ok(())
    })
}

/// The medians of each contender in the rooms that it was measured in.
fn series(measured: &Measured, names: &[&'static str], sizes: &[usize]) -> Result<Vec<Series>> {
    let series = |name: &&'static str| {
        let keys = sizes.iter().map(|size| Key::new(name, *size)).filter(|key| measured.has(*key));
        let points: Result<_> = keys.map(|key| Ok((key.size as f64, measured.median(key)?))).collect();
        Ok(Series { name, points: points? })
    };
    let all: Result<Vec<Series>> = names.iter().map(series).collect();
    Ok(all?.into_iter().filter(|series| !series.points.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_has_the_rooms_it_was_measured_in() {
        let mut measured = Measured::default();
        measured.record(Key::new(OURS, 8), 1.0);
        measured.record(Key::new(OURS, 32), 2.0);
        measured.record(Key::new(Products::LOOP, 8), 3.0);
        let series = series(&measured, &[OURS, Products::MATRIXMULTIPLY, Products::LOOP], &[8, 32, 100]).unwrap();
        assert_eq!(series.len(), 2);
        assert_eq!(series[0].points, [(8.0, 1.0), (32.0, 2.0)]);
        assert_eq!(series[1].points, [(8.0, 3.0)]);
    }
}
