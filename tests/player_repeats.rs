//! A clip or a queue repeats without a gap, to the sample, until it is told otherwise.
#![cfg(feature = "stream")]

mod players;

use mixminus::stream::{PlayerEventKind::*, Repeat};
use players::{Stage, clip, noise};

const TICKS: [usize; 5] = [1, 7, 10, 13, 60];

#[test]
fn a_clip_repeats_without_a_gap_and_ends_with_its_pass() {
    let (looped, after) = (noise(1, 37), noise(2, 20));
    for tick in TICKS {
        let mut stage = Stage::new(tick);
        stage.player.set_repeat(Repeat::Clip).unwrap();
        stage.player.append(&clip(&looped)).unwrap();
        stage.player.append(&clip(&after)).unwrap();
        let heard = stage.listen(1000);
        assert!(heard.iter().eq(looped.iter().cycle().take(1000)), "{tick}");
        stage.player.set_repeat(Repeat::Off).unwrap();
        let end = stage.ticks(200_usize.div_ceil(tick));
        let whole = end.windows(20).position(|window| window == after).unwrap();
        assert!(whole <= 37 && end[whole + 20..].iter().all(|sample| *sample == 0.0), "{tick}");
        assert_eq!(looped[37 - whole..], end[..whole]);
    }
}

#[test]
fn a_queue_repeats_with_its_marks_and_what_is_appended_joins_it() {
    let sounds = [noise(1, 37), noise(2, 5), noise(3, 61)];
    for tick in TICKS {
        let mut stage = Stage::new(tick);
        stage.player.set_repeat(Repeat::Queue).unwrap();
        stage.player.append(&clip(&sounds[0])).unwrap();
        stage.player.append_mark(1).unwrap();
        stage.player.append(&clip(&sounds[1])).unwrap();
        let pass = sounds[..2].concat();
        let heard = stage.listen(420);
        assert!(heard.iter().eq(pass.iter().cycle().take(420)), "{tick}");
        let reached = stage.told().into_iter().filter(|(kind, _)| *kind == Reached { mark: 1 }).count();
        assert!((10..12).contains(&reached), "{tick}: {reached}");
        stage.player.append(&clip(&sounds[2])).unwrap();
        let more = stage.ticks(600_usize.div_ceil(tick));
        let longer = sounds.concat();
        let begin = more.windows(61).position(|window| window == sounds[2]).unwrap() + 61;
        assert!(more[begin..].iter().eq(longer.iter().cycle().take(more.len() - begin)), "{tick}");
    }
}

#[test]
fn the_level_of_the_line_is_told_to_the_end_of_the_pass() {
    let mut stage = Stage::new(10);
    stage.player.set_repeat(Repeat::Queue).unwrap();
    stage.player.append(&clip(&noise(1, 100))).unwrap();
    stage.ticks(8);
    assert_eq!(stage.player.left_ms(), 30.0);
    stage.ticks(5);
    let readings = stage.player.readings();
    assert_eq!((readings.left_ms, readings.queued_ms, readings.played_samples), (80.0, 100.0, 120));
}

#[test]
fn music_on_hold_is_one_clip_for_many_players() {
    let mut stage = Stage::new(10);
    let music = clip(&noise(1, 33));
    let players: Vec<_> = (0..20)
        .map(|n| {
            let id = format!("music {n}");
            let player = stage.controller.join_player(id, Default::default(), Default::default()).unwrap();
            player.set_repeat(Repeat::Clip).unwrap();
            player.append(&music).unwrap();
            player
        })
        .collect();
    let heard = stage.listen(100);
    let expected = noise(1, 33);
    for (heard, sample) in heard.iter().zip(expected.iter().cycle()) {
        assert!((heard - 20.0 * sample).abs() < 1e-4);
    }
    assert!(players.iter().all(|player| player.readings().played_samples == 100));
}
