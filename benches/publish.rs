//! The time of publishing a change of one listener's row, in rooms of growing size.

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
                // The tick takes up the change before, which is not measured here.
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
