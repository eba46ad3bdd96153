//! Dense rows that are kept from tick to tick: as long as the same sources are heard and nothing of a row moves, its gains need not be written again.
//! And rows of gains that move, kept from where a tick is planned to where it is mixed: their entries are near while they are planned, and far away later.

use super::{Arena, Clock, listener::Listener, moving::write_ends, plan::heard, resting::Resting};

impl Arena {
    /// Notes that a listener's mix is dense among those who are audible now; and keeps its row if no envelope is still to come and it lists so many that there is room.
    pub fn keep_dense(&mut self, slot: u32, clock: &Clock<'_>) {
        let listener = &mut self.listeners[slot as usize];
        listener.dense = Some((self.epoch, listener.level));
        let (mut row, rests, audible) =
            (std::mem::take(&mut listener.gains.kept), listener.level.is_some(), self.audible.len());
        row.clear();
        if rests && audible <= row.capacity() {
            let heard = heard(&self.sources, &self.audible, &self.positions, &self.signals, clock);
            if let Some(resting) = Resting::of(&self.listeners[slot as usize], slot, heard) {
                row.resize(audible, 0.0);
                resting.fill(&mut row, false);
            }
        }
        self.listeners[slot as usize].gains.kept = row;
    }

    /// Writes the row of a listener at both ends of its moves, if no envelope is still to come and it lists so many that there is room. One that moves as a whole is written
    /// once for all ticks of its move.
    pub fn keep_ends(&mut self, slot: u32, clock: &Clock<'_>) {
        let listener = &mut self.listeners[slot as usize];
        let now = listener.gains.departs().then_some((self.epoch, listener.level));
        if now.is_some() && listener.dense == now {
            return;
        }
        listener.dense = now;
        let (mut rows, rests, audible) =
            (std::mem::take(&mut listener.gains.kept), listener.level.is_some(), self.audible.len());
        rows.clear();
        if rests && 2 * audible <= rows.capacity() {
            rows.resize(2 * audible, 0.0);
            let (end, start) = rows.split_at_mut(audible);
            let heard = heard(&self.sources, &self.audible, &self.positions, &self.signals, clock);
            write_ends([end, &mut [], start, &mut []], &self.listeners[slot as usize], slot, heard);
        }
        self.listeners[slot as usize].gains.kept = rows;
    }
}

impl Listener {
    /// The gain of every audible source, if it is kept and it is these sources that are audible: their number is that of the list.
    pub fn kept_row(&self, epoch: u64) -> Option<&[f32]> {
        let row = &self.gains.kept;
        (self.dense == Some((epoch, self.level)) && !row.is_empty()).then_some(row)
    }

    /// The gain of each of so many audible sources at the end of the moves of this tick and then at their start, if [`Arena::keep_ends`] has written them.
    pub fn kept_ends(&self, audible: usize) -> Option<&[f32]> {
        let rows = &self.gains.kept;
        (rows.len() == 2 * audible).then_some(rows)
    }
}
