//! The time of publishing one listener's change, from the request to the swap, in rooms of growing size.

mod room;

use std::cell::RefCell;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use room::Room;

fn publish(c: &mut Criterion) {
    let mut group = c.benchmark_group("publish_one_listener");
    for participants in [100, 1000, 10_000] {
        let room = RefCell::new(Room::new(participants, 0));
        let mut round = 0;
        group.bench_function(BenchmarkId::from_parameter(participants), |b| {
            let setup = || {
                // What the change before left is taken up outside of the measurement.
                room.borrow_mut().tick();
                round += 1;
                round
            };
            b.iter_batched(
                setup,
                |round| room.borrow().publish(round * 7919 % participants, round),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, publish);
criterion_main!(benches);
