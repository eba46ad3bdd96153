//! Rows in which gains move, where they are ramps: whole mixes are made of one product then, instead of one for each end of the moves.

use super::{
    batch::{Batch, RAMPS},
    dense::rows_of,
    plan::Group,
    sums::Sums,
    worker::{Portion, Scene},
};
use crate::{
    data::memory::filled,
    kernel::{Course, Depth, Ramp, Tile},
};

/// The ramps of the groups of a batch.
#[derive(Debug)]
pub(crate) struct Ramps(Vec<Ramp>);

impl Ramps {
    /// Room for the ramps of `places` sources. Allocates: control side.
    pub fn new(places: usize) -> Self {
        Self(filled(RAMPS * places, Ramp::default()))
    }

    /// Makes the mixes of a batch in all panels in which its gains are ramps.
    pub fn multiply(&mut self, batch: &Batch, sums: &mut Sums, portion: &mut Portion<'_>, scene: Scene<'_>) {
        let course = |panel| batch.course(panel, scene).map(|course| (panel, course));
        let mut courses = (0..scene.frames.panels()).filter_map(course).peekable();
        while let Some((_, first)) = courses.peek().copied() {
            let ramps = self.write(batch, first, portion.groups, scene);
            let mut rows = rows_of::<Ramp, RAMPS>(batch, ramps, portion.mixes, portion.lanes, scene.frames.panels());
            let mut tiles = [&Tile::SILENCE; Depth::MOST];
            while let Some((panel, course)) = courses.next_if(|(_, course)| course.is_like(&first)) {
                sums.multiply(&mut rows, (panel, panel), &mut tiles, course, scene);
            }
        }
    }

    /// Writes the ramps of all groups, as they are followed from one end.
    fn write(
        &mut self,
        batch: &Batch,
        course: Course,
        groups: &[Group],
        scene: Scene<'_>,
    ) -> std::slice::ChunksExact<'_, Ramp> {
        let audible = scene.heard.audible.len().max(1);
        for (ramps, member) in self.0.chunks_exact_mut(audible).zip(&batch.groups) {
            let mut rows = batch.rows(*member, groups, scene);
            let (Some(end), Some(start)) = (rows.next(), rows.next()) else { continue };
            let (near, far) = if matches!(course, Course::Onward(_)) { (start, end) } else { (end, start) };
            scene.shared.kernel.write_ramps(ramps, near, far, scene.heard.clock.timing.smoothing);
        }
        self.0.chunks_exact(audible)
    }
}
