//! The product of some rows of gains with all signals, over one panel: at once, or in blocks that are added up in f64.

use super::{batch::BATCH, worker::Scene};
use crate::kernel::{Course, Depth, Kernel, ROWS, Ramp, Row, Running, Tile, Waiting};

/// The running sums of rows over one panel, where there are many signals; and room for what waits.
#[derive(Debug)]
pub(crate) struct Sums {
    running: [Running; BATCH],
    waiting: Waiting,
}

impl Sums {
    pub const NOTHING: Self = Self { running: [Running::NOTHING; BATCH], waiting: Waiting::NOTHING };

    /// Multiplies rows with all signals, over one panel, to the tile at a place of those that are the row's; `tiles` has room for those of a block.
    pub fn multiply<'s, G: Gain>(
        &mut self,
        rows: &mut [Option<Row<'_, G>>],
        (panel, place): (usize, usize),
        tiles: &mut [&'s Tile; Depth::MOST],
        how: G::How,
        scene: Scene<'s>,
    ) {
        let (kernel, signals, depth) = (scene.shared.kernel, scene.heard.signals, G::depth(how));
        if signals.len() <= depth.at_once() {
            let tiles = find(signals, panel, tiles, scene);
            return G::multiply(kernel, rows, place, tiles, how, &mut self.waiting);
        }
        self.running[..rows.len()].fill(Running::NOTHING);
        for (at, signals) in (0..).step_by(depth.block()).zip(signals.chunks(depth.block())) {
            let tiles = find(signals, panel, tiles, scene);
            for (rows, running) in rows.as_chunks::<ROWS>().0.iter().zip(self.running.as_chunks_mut::<ROWS>().0) {
                let Some(first) = rows[0].as_ref().map(|row| row.gains) else { break };
                // Rows that are not there are made like the first one, and not written.
                let gains = rows.each_ref().map(|row| row.as_ref().map_or(first, |row| row.gains));
                let gains = gains.map(|gains| &gains[at..at + signals.len()]);
                G::multiply_on(kernel, running, gains, tiles, how, &mut self.waiting);
            }
        }
        for (row, sums) in rows.iter_mut().flatten().zip(&self.running) {
            kernel.round_off(sums, &mut row.out[place], row.lanes);
        }
    }
}

/// Finds the tiles of some signals in a panel.
fn find<'t, 's>(
    signals: &[u32],
    panel: usize,
    tiles: &'t mut [&'s Tile; Depth::MOST],
    scene: Scene<'s>,
) -> &'t [&'s Tile] {
    let frames = scene.frames.after(panel);
    tiles.iter_mut().zip(signals).for_each(|(tile, signal)| *tile = frames.get(0, *signal));
    &tiles[..signals.len()]
}

/// What a row is made of: gains that rest, or that move along ramps. Each has kernels of its own.
pub(crate) trait Gain: Copy {
    /// What all rows of a product have in common.
    type How: Copy;

    fn depth(how: Self::How) -> Depth;

    fn multiply(
        kernel: Kernel,
        rows: &mut [Option<Row<'_, Self>>],
        place: usize,
        tiles: &[&Tile],
        how: Self::How,
        waiting: &mut Waiting,
    );

    fn multiply_on(
        kernel: Kernel,
        sums: &mut [Running; ROWS],
        gains: [&[Self]; ROWS],
        tiles: &[&Tile],
        how: Self::How,
        waiting: &mut Waiting,
    );
}

impl Gain for f32 {
    type How = Depth;

    fn depth(depth: Depth) -> Depth {
        depth
    }

    fn multiply(
        kernel: Kernel,
        rows: &mut [Option<Row<'_>>],
        place: usize,
        tiles: &[&Tile],
        depth: Depth,
        waiting: &mut Waiting,
    ) {
        kernel.multiply(rows, place, tiles, depth, waiting);
    }

    fn multiply_on(
        kernel: Kernel,
        sums: &mut [Running; ROWS],
        gains: [&[f32]; ROWS],
        tiles: &[&Tile],
        depth: Depth,
        waiting: &mut Waiting,
    ) {
        kernel.multiply_on(sums, gains, tiles, depth, waiting);
    }
}

impl Gain for Ramp {
    type How = Course;

    fn depth(_: Course) -> Depth {
        Depth::Ramp
    }

    fn multiply(
        kernel: Kernel,
        rows: &mut [Option<Row<'_, Self>>],
        place: usize,
        tiles: &[&Tile],
        course: Course,
        waiting: &mut Waiting,
    ) {
        kernel.multiply_ramps(rows, place, tiles, course, waiting);
    }

    fn multiply_on(
        kernel: Kernel,
        sums: &mut [Running; ROWS],
        gains: [&[Self]; ROWS],
        tiles: &[&Tile],
        course: Course,
        waiting: &mut Waiting,
    ) {
        kernel.multiply_ramps_on(sums, gains, tiles, course, waiting);
    }
}
