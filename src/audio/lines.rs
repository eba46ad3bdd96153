//! The participants who have a [`Line`](crate::data::line::Line): what they sent is read before a tick is planned, what they hear is written once it is made.

use super::{Stage, source::Standing};
use crate::{
    data::{channels::Planes, frame::Frame, line::Line},
    kernel::Tile,
    ship::Shared,
};

impl Stage {
    /// Takes what came over each line, unless the host has sent a frame by hand.
    pub fn read_lines(&mut self, shared: &Shared) {
        self.each_line(|stage, slot, line| {
            let source = &stage.arenas.left.sources[slot];
            if source.standing != Standing::Here || !source.sends {
                return;
            }
            let by_hand = source.input.is_some();
            if let (Some((planes, active)), false) = (line.read(), by_hand) {
                let frame = match planes.right {
                    Some(right) => Frame::planar(planes.left, right),
                    None => Frame::mono(planes.left),
                };
                // What is refused is counted, and missing.
                let _ = stage.take(slot, &frame.active(active), shared);
            }
        });
    }

    /// Gives each line what its participant hears.
    pub fn write_lines(&mut self, shared: &Shared) {
        self.each_line(|stage, slot, line| {
            let Some(heard) = stage.heard_by(stage.key(slot as u32)) else { return };
            let sides = stage.output(heard).sides.map(|tiles| &Tile::flat(tiles)[..shared.timing.tick]);
            line.write(Planes { left: sides.left, right: sides.right });
        });
    }

    /// With each line in turn, which is out of its place meanwhile.
    fn each_line(&mut self, mut work: impl FnMut(&mut Self, usize, &mut dyn Line)) {
        for n in 0..self.arenas.left.lines.len() {
            let slot = self.arenas.left.lines[n] as usize;
            let home = self.arenas.left.homes[slot].as_mut();
            let Some(mut line) = home.and_then(|home| home.memory.line.take()) else { continue };
            work(self, slot, &mut *line);
            if let Some(home) = &mut self.arenas.left.homes[slot] {
                home.memory.line = Some(line);
            }
        }
    }
}
