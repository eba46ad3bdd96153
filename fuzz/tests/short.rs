//! Each target over its seeds, and for a second on from there by changes that know nothing of the code: the same in every run. It finds what
//! breaks at once; `.ci/fuzz` goes on from there by what the code does.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

/// How long each target is tried beside its seeds.
const TIME: Duration = Duration::from_secs(1);
/// The longest input that is made.
const LONGEST: usize = 4096;

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    let mut files: Vec<_> =
        fs::read_dir(&folder).expect("each target has seeds").map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{target} has no seeds");
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// An input like a seed, and like another.
fn change(dice: &mut fastrand::Rng, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut input = dice.choice(seeds).cloned().unwrap_or_default();
    for _ in 0..dice.usize(1..5) {
        let at = dice.usize(0..=input.len());
        match dice.u8(0..5) {
            0 => input.insert(at, dice.u8(..)),
            1 => drop(input.drain(at..(at + dice.usize(0..9)).min(input.len()))),
            2 => {
                let other = dice.choice(seeds).map_or(&[][..], |other| &other[dice.usize(0..=other.len())..]);
                input.truncate(at);
                input.extend(other);
            }
            _ => {
                if let Some(byte) = input.get_mut(at) {
                    *byte = if dice.bool() { *byte ^ (1 << dice.u8(0..8)) } else { dice.u8(..) };
                }
            }
        }
    }
    input.truncate(LONGEST);
    input
}

fn run(target: &str, try_input: fn(&[u8])) {
    let (seeds, mut dice) = (seeds(target), fastrand::Rng::with_seed(1));
    seeds.iter().for_each(|seed| try_input(seed));
    let begin = Instant::now();
    while begin.elapsed() < TIME {
        try_input(&change(&mut dice, &seeds));
    }
}

macro_rules! targets {
    ($($target:ident),*) => {
        $(
            #[test]
            fn $target() {
                run(stringify!($target), mixminus_fuzz::$target);
            }
        )*
    };
}

targets!(
    clusters, decoders, encoding, figures, frames, offers, packets, playing, ports, recordings, requests, scenes,
    scripts, tapping, telephones, wav
);
