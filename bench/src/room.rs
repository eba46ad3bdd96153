//! The mixer at work: a [`Room`] of participants, some of them talking.

use std::hint::black_box;

use mixminus::{
    Controller, Frame, Gain, InstructionSet, JoinOptions, MixerConfig, ParticipantKey, Processor, RoleTable, Routing,
    Shedding, config::ParticipantMixerLevel,
};

use crate::{
    Result, rows,
    signal::{TICK, noise, noise_i16},
};

/// A mixer with its participants, and the frames that they send in each tick.
#[derive(Debug)]
pub struct Room {
    controller: Controller,
    processor: Processor,
    keys: Vec<ParticipantKey>,
    floats: Vec<Vec<f32>>,
    integers: Vec<Vec<i16>>,
    out: Vec<Vec<i16>>,
    first: First,
    /// The frame of the first talker when it is quiet.
    quiet: Vec<f32>,
}

/// Whether the first talker speaks.
#[derive(Debug, Clone, Copy)]
enum First {
    Speaks,
    IsQuiet,
    /// By turns, of which so many ticks are over.
    ByTurns(u32),
}

impl Room {
    /// The first `talkers` of the `participants` send noise; the others send nothing.
    pub fn new(kernel: InstructionSet, participants: usize, talkers: usize) -> Result<Self> {
        let config = MixerConfig { instruction_set: Some(kernel), ..MixerConfig::default() };
        Self::with(config, JoinOptions::default(), participants, talkers)
    }

    /// The same in another mixer, with other detectors.
    pub fn with(config: MixerConfig, options: JoinOptions, participants: usize, talkers: usize) -> Result<Self> {
        let (controller, processor) = MixerConfig { participants, ..config }.build()?;
        let (keys, _) = controller
            .change(|changes| (0..participants).map(|n| changes.join(n.to_string(), options.clone())).collect());
        let keys: Result<Vec<_>, _> = keys;
        let floats = (0..talkers).map(|n| noise(n, talkers)).collect();
        let integers = (0..talkers).map(|n| noise_i16(n, talkers)).collect();
        let out = vec![vec![0; TICK]; participants];
        let quiet = vec![1e-5; TICK];
        let mut room = Self { controller, processor, keys: keys?, floats, integers, out, first: First::Speaks, quiet };
        room.settle(3)?;
        Ok(room)
    }

    /// Everybody has three levels of their own and ducking, at rest.
    pub fn configured(mut self) -> Result<Self> {
        let rows: Vec<_> = (0..self.keys.len()).map(|n| rows::own_levels(n, 0)).collect();
        self.configure(&rows)?;
        self.settle(100)?;
        Ok(self)
    }

    /// The same with ducking that moves all the time.
    pub fn ducking(self) -> Result<Self> {
        let rows: Vec<_> = (0..self.keys.len()).map(rows::slow_ducking).collect();
        self.ducked_by_turns(&rows)
    }

    /// Everybody has one of these rows. The first talker, a ducker, speaks and is quiet by turns;
    /// each ramp has to take longer than a turn.
    pub fn ducked_by_turns(mut self, rows: &[ParticipantMixerLevel]) -> Result<Self> {
        self.configure(rows)?;
        self.first = First::ByTurns(0);
        self.settle(100)?;
        Ok(self)
    }

    /// Everybody lists everybody else at a level of its own, at rest.
    pub fn dense(mut self) -> Result<Self> {
        self.configure(&rows::dense(self.keys.len(), 0))?;
        self.settle(3)?;
        Ok(self)
    }

    /// Those of each so many hear each other, and nobody else.
    pub fn in_groups(mut self, size: usize) -> Result<Self> {
        let role = |group: usize| group.to_string();
        let groups = 0..self.keys.len().div_ceil(size);
        let table = groups.fold(RoleTable::new(), |table, group| table.hears(role(group), [role(group)]));
        let routed = self.controller.change(|changes| {
            changes.set_role_table(table);
            (0..self.keys.len()).try_for_each(|n| {
                let group = n % self.keys.len().div_ceil(size);
                changes.set_routing(&n.to_string(), Routing::Role(role(group).into()))
            })
        });
        routed.0?;
        self.settle(3)?;
        Ok(self)
    }

    /// Everybody hears the next participant at half its level.
    #[cfg_attr(not(feature = "servers"), allow(dead_code, reason = "only the case peers needs it"))]
    pub fn next_at_half(mut self) -> Result<Self> {
        let participants = self.keys.len();
        for listener in 0..participants {
            let source = (listener + 1) % participants;
            self.controller.set_gain(&listener.to_string(), &source.to_string(), Gain::from_percent(50.0)?)?;
        }
        self.settle(3)?;
        Ok(self)
    }

    /// The same with this left out.
    pub fn shedding(mut self, shedding: Shedding) -> Result<Self> {
        self.processor.enter().shed(shedding);
        self.settle(100)?;
        Ok(self)
    }

    /// Another handle of the controller.
    pub fn controller(&self) -> Controller {
        self.controller.clone()
    }

    /// Publishes rows.
    pub fn configure(&self, rows: &[ParticipantMixerLevel]) -> Result<()> {
        self.controller.configure(rows)?;
        Ok(())
    }

    /// From now on the first talker speaks, or sends a quiet frame and is not active.
    pub fn first_speaks(&mut self, speaks: bool) {
        self.first = if speaks { First::Speaks } else { First::IsQuiet };
    }

    /// One tick, which is what is measured: frames in, mixes out.
    pub fn tick(&mut self) -> Result<()> {
        let quiet = self.first_is_quiet();
        let mut audio = self.processor.enter();
        let mut tick = audio.tick();
        for (n, (key, frame)) in self.keys.iter().zip(&self.floats).enumerate() {
            let quiet = quiet && n == 0;
            let frame = if quiet { &self.quiet } else { frame };
            // Detector::Host takes this flag, and other detectors ignore it.
            tick.send(*key, Frame::from(&frame[..]).active(!quiet))?;
        }
        for mix in tick.mix().distinct() {
            black_box(mix.samples());
        }
        Ok(())
    }

    /// Whether the first talker is quiet in this tick. Where it takes turns it is active for as
    /// long as it is not: the hangover of its detector is 20 ticks.
    fn first_is_quiet(&mut self) -> bool {
        const ACTIVE: u32 = 250;
        const TURN: u32 = 2 * (ACTIVE + 20);
        match &mut self.first {
            First::Speaks => false,
            First::IsQuiet => true,
            First::ByTurns(over) => {
                *over = (*over + 1) % TURN;
                *over >= ACTIVE
            }
        }
    }

    /// The same on the threads of the rayon pool that this runs in.
    pub fn tick_on_rayon(&mut self) -> Result<()> {
        let mut audio = self.processor.enter();
        let mut tick = audio.tick();
        for (key, frame) in self.keys.iter().zip(&self.floats) {
            tick.send(*key, Frame::from(&frame[..]).active(true))?;
        }
        for mix in tick.prepare().finish_with_rayon().distinct() {
            black_box(mix.samples());
        }
        Ok(())
    }

    /// The same with i16 in and out.
    pub fn tick_i16(&mut self) -> Result<()> {
        let mut audio = self.processor.enter();
        let mut tick = audio.tick();
        for (key, frame) in self.keys.iter().zip(&self.integers) {
            tick.send(*key, Frame::from(&frame[..]))?;
        }
        for (mix, out) in tick.mix().distinct().zip(&mut self.out) {
            mix.write_i16(out);
            black_box(out);
        }
        Ok(())
    }

    /// So many ticks, which let a change come to rest.
    pub fn settle(&mut self, ticks: usize) -> Result<()> {
        (0..ticks).try_for_each(|_| self.tick())
    }

    /// One tick, as [`tick`](Self::tick): the samples that each participant hears.
    #[cfg(test)]
    pub fn heard(&mut self) -> Result<Vec<Vec<f32>>> {
        let quiet = self.first_is_quiet();
        let mut audio = self.processor.enter();
        let mut tick = audio.tick();
        for (n, (key, frame)) in self.keys.iter().zip(&self.floats).enumerate() {
            let quiet = quiet && n == 0;
            let frame = if quiet { &self.quiet } else { frame };
            tick.send(*key, Frame::from(&frame[..]).active(!quiet))?;
        }
        let mixes = tick.mix();
        let samples = |key| mixes.get(key).map(|mix| mix.samples().to_vec()).unwrap_or_default();
        Ok(self.keys.iter().map(|key| samples(*key)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KERNEL: InstructionSet = InstructionSet::Portable;

    #[test]
    fn everybody_hears_something_else() {
        let kinds = |room: Result<Room>| {
            let mut heard = room.unwrap().heard().unwrap();
            heard.sort_by(|a, b| a.partial_cmp(b).unwrap());
            heard.dedup();
            heard.len()
        };
        assert_eq!(kinds(Room::new(KERNEL, 10, 10)), 10);
        assert_eq!(kinds(Room::new(KERNEL, 10, 10).and_then(Room::next_at_half)), 10);
        assert_eq!(kinds(Room::new(KERNEL, 10, 4).and_then(Room::configured)), 10);
        assert_eq!(kinds(Room::new(KERNEL, 10, 10).and_then(Room::dense)), 10);
    }

    #[test]
    fn those_of_a_group_hear_each_other() {
        let heard =
            Room::new(KERNEL, 6, 6).and_then(|room| room.in_groups(2)).and_then(|mut room| room.heard()).unwrap();
        let alone: Vec<_> = (0..6).map(|n| noise(n, 6)).collect();
        assert!((0..6).all(|n| heard[n] == alone[(n + 3) % 6]));
    }

    #[test]
    fn the_ducking_moves_in_every_tick() {
        let mut room = Room::new(KERNEL, 10, 4).and_then(Room::ducking).unwrap();
        // The frames are the same in every tick of a turn, so the loudness of the mix follows the
        // ducking.
        let mut loudness = || {
            room.tick().unwrap();
            room.controller.readings("9").unwrap().listener.rms
        };
        let mut before = loudness();
        for tick in 0..1500 {
            let now = loudness();
            assert_ne!(now, before, "tick {tick}");
            before = now;
        }
    }

    #[test]
    fn integers_sound_as_floats_do() {
        let mut room = Room::new(KERNEL, 5, 5).and_then(Room::dense).unwrap();
        room.tick_i16().unwrap();
        for (float, integer) in room.heard().unwrap().iter().zip(&room.out) {
            let alike = |(float, integer): (&f32, &i16)| (float * 32767.0 - f32::from(*integer)).abs() < 4.0;
            assert!(float.iter().zip(integer).all(alike));
        }
    }
}
