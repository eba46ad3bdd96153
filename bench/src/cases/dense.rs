//! A room in which every gain of every pair is another: the most arithmetic that a mix can be, held against products of matrices.

use crate::{
    Result,
    cases::Case,
    contender::{Contender, Key, OURS},
    line::{Goal, Line, Rate, products},
    peers::{PEAK, Products, seconds_at_peak},
    room::Room,
    rounds::Measured,
    session::Session,
};

/// The case.
pub const CASE: Case = Case {
    name: "dense",
    about: "everybody talks and lists everybody else at a level of its own, at rest; beside products of matrices and the peak of the core",
    run,
};

const SIZES: [usize; 4] = [32, 128, 256, 1024];
/// Where at least this share of the peak is to be reached, and where.
const SHARE_OF_PEAK: (f64, [usize; 2]) = (0.8, [128, 256]);
/// The libraries for products of matrices.
const GEMMS: [&str; 2] = [Products::GEMM, Products::MATRIXMULTIPLY];

fn run(session: &Session) -> Result<Vec<Line>> {
    let mut contenders = Vec::new();
    for size in SIZES {
        contenders.extend(contenders_of(size)?);
        contenders.extend(peak(size));
    }
    let measured = session.measure(contenders, 25.0)?;
    let mut lines = Vec::new();
    for size in SIZES {
        lines.extend(lines_of(size, &measured)?);
    }
    Ok(lines)
}

/// The mixer in a dense room of so many, and all that does the same.
pub fn contenders_of(size: usize) -> Result<Vec<Contender<'static>>> {
    let mut room = Room::new(size, size)?.dense()?;
    let peer = |name, way: fn(&mut Products)| {
        let mut products = Products::new(size);
        Contender::repeated(Key::new(name, size), move || {
            way(&mut products);
            Ok(())
        })
    };
    Ok(vec![
        Contender::repeated(Key::new(OURS, size), move || room.tick()),
        peer(Products::GEMM, Products::gemm),
        peer(Products::MATRIXMULTIPLY, Products::matrixmultiply),
        peer(Products::LOOP, Products::gain_for_every_pair),
    ])
}

/// The core at its peak, if it is known how to get there.
fn peak(size: usize) -> Option<Contender<'static>> {
    seconds_at_peak(1.0)?;
    let key = Key::new(PEAK, size);
    Some(Contender::timed(key, move || seconds_at_peak(products(size, size)).ok_or_else(|| "no peak any more".into())))
}

fn lines_of(size: usize, measured: &Measured) -> Result<Vec<Line>> {
    let key = |name| Key::new(name, size);
    let best = measured.fastest(&GEMMS.map(key))?;
    let line = |name| -> Result<Line> {
        let line = Line::tick(CASE.name, key(name), measured)?.of_pairs(size, size).beside(best, measured)?;
        Ok(Line { rate: Some(rate(&line, measured)?), ..line })
    };
    let ours = line(OURS)?;
    let ratio = measured.ratio(key(OURS), best)?;
    let mut ours = ours.goal(Goal::at_most(1.0, "the best gemm", ratio));
    let (share, sizes) = SHARE_OF_PEAK;
    if sizes.contains(&size) && measured.has(key(PEAK)) {
        ours = ours.goal(Goal::at_least_share(share, "the peak", measured.ratio(key(PEAK), key(OURS))?));
    }
    let mut lines = vec![ours];
    for name in [Products::GEMM, Products::MATRIXMULTIPLY, Products::LOOP] {
        lines.push(line(name)?);
    }
    if measured.has(key(PEAK)) {
        lines.push(line(PEAK)?);
    }
    Ok(lines)
}

/// Operations a second, and the share of what the core can do.
fn rate(line: &Line, measured: &Measured) -> Result<Rate> {
    let giga = 2.0 * line.products.unwrap_or_default() / line.seconds / 1e9;
    let peak = Key::new(PEAK, line.key.size);
    let of_peak = if measured.has(peak) { Some(measured.ratio(peak, line.key)?) } else { None };
    Ok(Rate { giga, of_peak })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_is_held_against_the_faster_product_and_the_peak() {
        let mut measured = Measured::default();
        let times = [(OURS, 3.0), (Products::GEMM, 4.0), (Products::MATRIXMULTIPLY, 5.0), (Products::LOOP, 9.0)];
        for (name, seconds) in times.into_iter().chain([(PEAK, 2.0)]) {
            measured.record(Key::new(name, 128), seconds);
        }
        let lines = lines_of(128, &measured).unwrap();
        assert_eq!(lines.len(), 5);
        assert_eq!(lines[0].ratio, Some((0.75, Key::new(Products::GEMM, 128))));
        assert_eq!(lines[0].goals.iter().map(|goal| goal.met).collect::<Vec<_>>(), [true, false]);
        assert_eq!(lines[0].rate.and_then(|rate| rate.of_peak), Some(2.0 / 3.0));
    }
}
