//! The jitter buffer with tiny exact numbers: 1 kHz, a depth of 4, a bound of 12, a smoothing time of 2 samples.

use crate::data::channels::{Channels, PlanesMut};
use crate::stream::port::{
    head::HeadFigures,
    jitter::{Got, Jitter},
    packet::Packet,
};

fn jitter() -> Jitter {
    Jitter::new(1000, HeadFigures::new(1000, 4, 12), 2, Channels::Mono)
}

/// A packet whose samples are their positions, or all of one value.
fn insert(jitter: &mut Jitter, start: u64, frames: u32, value: Option<f32>) {
    let samples: Vec<f32> = (start..).take(frames as usize).map(|at| value.unwrap_or(at as f32)).collect();
    let (first, second) = samples.split_at(samples.len() / 2);
    let packet = Packet { start, frames, active: start % 2 == 1, stamped: true };
    jitter.insert(&packet, [first, second]);
}

fn read(jitter: &mut Jitter, frames: usize) -> (Vec<f32>, Got) {
    let mut left = vec![f32::NAN; frames];
    let got = jitter.read(frames, &mut PlanesMut { left: &mut left, right: None });
    (left, got)
}

const HEARD: Got = Got { heard: true, active: false };

#[test]
fn the_first_packet_is_played_after_the_depth_and_rises() {
    let mut jitter = jitter();
    assert_eq!(read(&mut jitter, 3), (vec![0.0; 3], Got::default()));
    insert(&mut jitter, 100, 4, None);
    assert_eq!(read(&mut jitter, 4), (vec![0.0; 4], Got::default()));
    insert(&mut jitter, 104, 4, None);
    assert_eq!(read(&mut jitter, 4), (vec![50.0, 101.0, 102.0, 103.0], HEARD));
    assert_eq!(read(&mut jitter, 4), (vec![104.0, 105.0, 106.0, 107.0], HEARD));
    assert_eq!(jitter.counts, Default::default());
    assert_eq!(jitter.measure().wait, Some(4));
}

#[test]
fn order_and_duplicates_do_not_matter() {
    let mut jitter = jitter();
    insert(&mut jitter, 100, 2, None);
    insert(&mut jitter, 104, 2, None);
    insert(&mut jitter, 101, 4, Some(9.0));
    insert(&mut jitter, 104, 2, Some(9.0));
    read(&mut jitter, 6);
    assert_eq!(read(&mut jitter, 4), (vec![9.0, 9.0, 104.0, 105.0], Got { heard: true, active: true }));
    assert_eq!((jitter.counts.reordered, jitter.counts.duplicates, jitter.counts.late), (1, 1, 0));
    insert(&mut jitter, 101, 4, None);
    assert_eq!(jitter.counts.late, 1);
}

#[test]
fn a_loss_is_a_tail_and_a_rise() {
    let mut jitter = jitter();
    insert(&mut jitter, 100, 4, Some(1.0));
    insert(&mut jitter, 107, 4, Some(1.0));
    read(&mut jitter, 4);
    assert_eq!(read(&mut jitter, 4).0, [0.5, 1.0, 1.0, 1.0]);
    assert_eq!(read(&mut jitter, 6).0, [0.5, 0.0, 0.0, 0.5, 1.0, 1.0]);
    assert_eq!((jitter.counts.lost_samples, jitter.counts.underruns), (3, 0));
}

#[test]
fn running_dry_is_no_loss_and_the_head_goes_on() {
    let mut jitter = jitter();
    insert(&mut jitter, 100, 4, Some(1.0));
    read(&mut jitter, 8);
    assert_eq!(read(&mut jitter, 1), (vec![0.5], HEARD));
    assert_eq!(read(&mut jitter, 3), (vec![0.0; 3], HEARD));
    assert_eq!(read(&mut jitter, 2), (vec![0.0; 2], Got::default()));
    assert!(jitter.measure().gap);
    insert(&mut jitter, 108, 4, Some(1.0));
    assert_eq!(read(&mut jitter, 2).0, [0.5, 1.0], "the first two came too late");
    insert(&mut jitter, 112, 2, Some(1.0));
    insert(&mut jitter, 114, 2, Some(1.0));
    assert_eq!(read(&mut jitter, 2).0, [1.0; 2]);
    assert_eq!((jitter.counts.lost_samples, jitter.counts.underruns, jitter.counts.late), (0, 1, 0));
}

#[test]
fn a_pause_keeps_the_delay_with_stamps_and_restarts_at_the_depth_without() {
    for (stamped, silent) in [(true, 2), (false, 4)] {
        let mut jitter = jitter();
        insert(&mut jitter, 100, 4, Some(1.0));
        read(&mut jitter, 108);
        let start = if stamped { 206 } else { 104 };
        jitter.insert(&Packet { start, frames: 4, active: false, stamped }, [&[1.0; 4], &[]]);
        let (out, _) = read(&mut jitter, silent + 1);
        assert_eq!((out[silent - 1], out[silent]), (0.0, 0.5), "{out:?}");
        assert_eq!((jitter.counts.lost_samples, jitter.counts.underruns, jitter.counts.resyncs), (0, 1, 0));
    }
}

#[test]
fn too_much_drops_the_oldest_down_to_the_depth() {
    let mut jitter = jitter();
    insert(&mut jitter, 100, 4, None);
    read(&mut jitter, 6);
    (104..=132).step_by(4).for_each(|start| insert(&mut jitter, start, 4, None));
    assert_eq!(read(&mut jitter, 3).0, [101.0 * 0.5 + 128.0 * 0.5, 129.0, 130.0]);
    assert_eq!((jitter.counts.overruns, jitter.counts.dropped_samples), (1, 26));
    assert!(jitter.measure().restarted);
}

#[test]
fn lasting_excess_is_cut_where_it_is_quiet() {
    let mut jitter = Jitter::new(1000, HeadFigures::new(1000, 4, 200), 2, Channels::Mono);
    insert(&mut jitter, 100, 4, Some(0.001));
    insert(&mut jitter, 104, 50, Some(0.001));
    let mut cut_after = 0;
    for packet in 0..1100 {
        insert(&mut jitter, 154 + 4 * packet, 4, Some(0.001));
        read(&mut jitter, 4);
        if jitter.measure().tightened > 0 {
            cut_after = packet * 4;
        }
    }
    assert_eq!((jitter.counts.cuts, jitter.counts.dropped_samples, jitter.counts.underruns), (1, 54, 0));
    assert!((4000..4008).contains(&cut_after), "the first window had the first packet in it: {cut_after}");
}

#[test]
fn a_packet_for_which_there_is_no_room_is_dropped_and_counted() {
    let mut jitter = Jitter::new(8000, HeadFigures::new(8000, 800, 800), 2, Channels::Mono);
    for at in 0..800 {
        insert(&mut jitter, 10_000 + 2 * at, 1, None);
    }
    assert!(jitter.counts.dropped_samples > 0 && jitter.counts.late == 0, "{:?}", jitter.counts);
    read(&mut jitter, 2400);
    assert_eq!(jitter.counts.underruns, 1);
}
