//! The time of a tick of 10 ms at 48 kHz with limiter and detectors, beside two loops of the shapes
//! that other mixers have.

mod room;

use std::hint::black_box;

use criterion::{BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main, measurement::WallTime};
use room::{Room, TICK, noise};

fn four_talkers(c: &mut Criterion) {
    let mut group = c.benchmark_group("four_talkers");
    for participants in [10, 100, 1000, 10_000] {
        let mut room = Room::new(participants, 4);
        group.bench_function(BenchmarkId::new("nobody_configured", participants), |b| b.iter(|| room.tick()));
        let mut room = Room::configured(participants, 4);
        group.bench_function(BenchmarkId::new("everybody_configured", participants), |b| b.iter(|| room.tick()));
    }
    group.finish();
}

fn all_talking(c: &mut Criterion) {
    let mut group = c.benchmark_group("all_talking");
    group.sample_size(20);
    for participants in [10, 100, 1000] {
        let mut room = Room::new(participants, participants);
        group.bench_function(BenchmarkId::new("nobody_configured", participants), |b| b.iter(|| room.tick()));
        let mut room = Room::configured(participants, participants);
        group.bench_function(BenchmarkId::new("everybody_configured", participants), |b| b.iter(|| room.tick()));
        peers(&mut group, participants);
    }
    group.finish();
}

fn every_gain_different(c: &mut Criterion) {
    let mut group = c.benchmark_group("every_gain_different");
    group.sample_size(20);
    for participants in [32, 128, 256] {
        let mut room = Room::dense(participants);
        group.bench_function(BenchmarkId::new("mixminus", participants), |b| b.iter(|| room.tick()));
        peers(&mut group, participants);
    }
    group.finish();
}

/// The loops, on the same frames.
fn peers(group: &mut BenchmarkGroup<'_, WallTime>, participants: usize) {
    let frames: Vec<_> = (0..participants).map(noise).collect();
    let mut out = vec![vec![0.0_f32; TICK]; participants];
    group.bench_function(BenchmarkId::new("peer_shape_gain_per_pair", participants), |b| {
        b.iter(|| gain_per_pair(black_box(&frames), &mut out));
    });
    let frames: Vec<Vec<i16>> = frames.iter().map(|f| f.iter().map(|s| (s * 32767.0) as i16).collect()).collect();
    let mut out = vec![vec![0_i16; TICK]; participants];
    group.bench_function(BenchmarkId::new("peer_shape_sum_minus_own", participants), |b| {
        b.iter(|| sum_minus_own(black_box(&frames), &mut out));
    });
}

/// One multiply and add for every source, listener and sample: the shape of Jamulus and PipeWire.
/// No moves, limiter or detector.
fn gain_per_pair(frames: &[Vec<f32>], out: &mut [Vec<f32>]) {
    for (listener, out) in out.iter_mut().enumerate() {
        out.fill(0.0);
        for (source, frame) in frames.iter().enumerate().filter(|(source, _)| *source != listener) {
            let gain = 0.5 + 0.001 * source as f32;
            for (out, sample) in out.iter_mut().zip(frame) {
                *out += gain * sample;
            }
        }
    }
    black_box(out);
}

/// One sum, from which each listener's own voice is subtracted: the shape of Janus and FreeSWITCH.
/// No gains, limiter or detector.
fn sum_minus_own(frames: &[Vec<i16>], out: &mut [Vec<i16>]) {
    let mut sum = [0_i32; TICK];
    for frame in frames {
        for (sum, sample) in sum.iter_mut().zip(frame) {
            *sum += i32::from(*sample);
        }
    }
    for (out, own) in out.iter_mut().zip(frames) {
        for ((out, own), sum) in out.iter_mut().zip(own).zip(&sum) {
            *out = (sum - i32::from(*own)).clamp(-32768, 32767) as i16;
        }
    }
    black_box(out);
}

criterion_group!(benches, four_talkers, all_talking, every_gain_different);
criterion_main!(benches);
