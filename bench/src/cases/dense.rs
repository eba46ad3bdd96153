//! A room in which every gain of every pair is different: the most arithmetic that mixes can need.
//! Compared with products of matrices.

use mixminus::InstructionSet;

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
    about: "everybody talks and lists everybody else at a level of its own; beside products of matrices",
    run,
};

const SIZES: [usize; 4] = [32, 128, 256, 1024];
/// The least share of the peak, and the rooms where it has to be reached.
const SHARE_OF_PEAK: (f64, [usize; 2]) = (0.8, [128, 256]);
/// The libraries for products of matrices.
const GEMMS: [&str; 2] = [Products::GEMM, Products::MATRIXMULTIPLY];

fn run(session: &Session) -> Result<Vec<Line>> {
    let mut contenders = Vec::new();
    for size in SIZES {
        contenders.extend(contenders_of(session.kernel, size)?);
        contenders.push(peak(session.kernel, size));
    }
    let measured = session.measure(contenders, 25.0)?;
    let mut lines = Vec::new();
    for size in SIZES {
        lines.extend(lines_of(session.kernel, size, &measured)?);
    }
    Ok(lines)
}

/// The mixer in a dense room of so many, and the products of matrices that do the same.
pub fn contenders_of(kernel: InstructionSet, size: usize) -> Result<Vec<Contender<'static>>> {
    let mut room = Room::new(kernel, size, size)?.dense()?;
    let peer = |name, way: fn(&mut Products)| {
        let mut products = Products::new(kernel, size);
        Contender::repeated(Key::new(name, size), move || {
            way(&mut products);
            Ok(())
        })
    };
    let mut contenders = vec![
        Contender::repeated(Key::new(OURS, size), move || room.tick()),
        peer(Products::GEMM, Products::gemm),
        peer(Products::LOOP, Products::gain_for_every_pair),
    ];
    // A library that uses a faster instruction set than the mixer is no yardstick.
    if Products::of_matrixmultiply() <= kernel {
        contenders.push(peer(Products::MATRIXMULTIPLY, Products::matrixmultiply));
    }
    Ok(contenders)
}

fn peak(kernel: InstructionSet, size: usize) -> Contender<'static> {
    Contender::timed(Key::new(PEAK, size), move || Ok(seconds_at_peak(kernel, products(size, size))))
}

fn lines_of(kernel: InstructionSet, size: usize, measured: &Measured) -> Result<Vec<Line>> {
    let key = |name| Key::new(name, size);
    let gemms: Vec<_> = GEMMS.map(key).into_iter().filter(|key| measured.has(*key)).collect();
    let best = measured.fastest(&gemms)?;
    let line = |name| -> Result<Line> {
        let line = Line::tick(CASE.name, key(name), measured)?.of_pairs(size, size).beside(best, measured)?;
        Ok(Line { rate: Some(rate(&line, measured)?), ..line })
    };
    let ratio = measured.ratio(key(OURS), best)?;
    let mut ours = line(OURS)?.goal(Goal::at_most(1.0, "the best gemm", ratio));
    let (share, sizes) = SHARE_OF_PEAK;
    // The portable kernel has to run everywhere, and has no goal.
    if kernel > InstructionSet::Portable && sizes.contains(&size) {
        ours = ours.goal(Goal::at_least_share(share, "the peak", measured.ratio(key(PEAK), key(OURS))?));
    }
    let mut lines = vec![ours, line(Products::GEMM)?];
    if measured.has(key(Products::MATRIXMULTIPLY)) {
        let its = Products::of_matrixmultiply();
        let note = if its == kernel { String::new() } else { format!("with {its}") };
        lines.push(line(Products::MATRIXMULTIPLY)?.noting(note));
    }
    lines.extend([line(Products::LOOP)?, line(PEAK)?]);
    Ok(lines)
}

/// Operations a second, and their share of the peak.
fn rate(line: &Line, measured: &Measured) -> Result<Rate> {
    let giga = 2.0 * line.products.unwrap_or_default() / line.seconds / 1e9;
    Ok(Rate { giga, of_peak: measured.ratio(Key::new(PEAK, line.key.size), line.key)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(times: &[(&'static str, f64)]) -> Measured {
        let mut measured = Measured::default();
        for (name, seconds) in times {
            measured.record(Key::new(name, 128), *seconds);
        }
        measured
    }

    #[test]
    fn ours_is_compared_with_the_faster_product_and_the_peak() {
        let times = [(OURS, 3.0), (Products::GEMM, 4.0), (Products::MATRIXMULTIPLY, 5.0), (Products::LOOP, 9.0)];
        let measured = measured(&[&times[..], &[(PEAK, 2.0)]].concat());
        let lines = lines_of(InstructionSet::Avx512, 128, &measured).unwrap();
        assert_eq!(lines.len(), 5);
        assert_eq!(lines[0].ratio, Some((0.75, Key::new(Products::GEMM, 128))));
        assert_eq!(lines[0].goals.iter().map(|goal| goal.met).collect::<Vec<_>>(), [true, false]);
        assert_eq!(lines[0].rate.map(|rate| rate.of_peak), Some(2.0 / 3.0));
    }

    #[test]
    fn a_product_that_cannot_be_measured_has_no_line() {
        let measured = measured(&[(OURS, 3.0), (Products::GEMM, 4.0), (Products::LOOP, 9.0), (PEAK, 2.0)]);
        let lines = lines_of(InstructionSet::Portable, 128, &measured).unwrap();
        let names: Vec<_> = lines.iter().map(|line| line.key.name).collect();
        assert_eq!(names, [OURS, Products::GEMM, Products::LOOP, PEAK]);
    }
}
