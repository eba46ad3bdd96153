//! A call whose every tick is compared with the model of identities.

use mixminus::{
    Controller, Direction, Frame, JoinOptions, Mix, MixId, MixerConfig, MoveKind, ParticipantKey, Processor,
    config::{ParticipantMixerLevel, SourceLevel},
};

use super::model::Model;

/// A move: the slot of the listener, where it comes from, where it goes.
pub type Moved = (usize, MixId, MixId, MoveKind);

pub struct Call {
    pub controller: Controller,
    processor: Processor,
    model: Model,
    pub here: Vec<Member>,
    joined: usize,
    /// Ticks that were mixed or skipped.
    elapsed: u64,
}

pub struct Member {
    pub id: String,
    pub key: ParticipantKey,
    sends: bool,
    /// The amplitude of what it sends; without one it sends no frame.
    pub amplitude: Option<f32>,
}

/// What is looked at of a mix.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    pub id: MixId,
    pub forked_from: Option<MixId>,
}

impl Call {
    pub const TICK: usize = 48;

    /// Ticks of 1 ms, and room for one.
    pub fn new() -> Self {
        let config = MixerConfig { tick_samples: Self::TICK, smoothing_ms: 2.0, participants: 1, ..Default::default() };
        let (controller, processor) = config.build().unwrap();
        Self { controller, processor, model: Model::default(), here: Vec::new(), joined: 0, elapsed: 0 }
    }

    /// With so many who send and hear, of whom the first few talk.
    pub fn of(participants: usize, talkers: usize) -> Self {
        let mut call = Self::new();
        (0..participants).for_each(|_| call.join(Direction::Both));
        call.here[..talkers].iter_mut().for_each(|member| member.amplitude = Some(0.1));
        call
    }

    pub fn join(&mut self, direction: Direction) {
        let id = self.joined.to_string();
        let key = self.controller.join(&*id, JoinOptions { direction, ..JoinOptions::default() }).unwrap();
        self.here.push(Member { id, key, sends: direction != Direction::Listener, amplitude: None });
        self.joined += 1;
    }

    pub fn leave(&mut self, n: usize) {
        self.controller.leave(&self.here.remove(n).id).unwrap();
    }

    /// A listener hears one source at this level, and all others as they are.
    pub fn configure(&self, listener: usize, source: usize, level: i64) {
        let source_levels = vec![SourceLevel { level, ..SourceLevel::new(&*self.here[source].id) }];
        let row = ParticipantMixerLevel { source_levels, ..ParticipantMixerLevel::new(&*self.here[listener].id) };
        self.controller.configure(&[row]).unwrap();
    }

    /// Makes a tick, and gives it to `end`; whether it is one that was mixed.
    fn begin(&mut self, end: impl FnOnce(mixminus::Tick<'_>, &mut Model)) {
        let mut audio = self.processor.enter();
        let mut tick = audio.tick();
        assert_eq!(tick.position(), self.elapsed * Self::TICK as u64);
        for Member { key, amplitude, .. } in self.here.iter().filter(|member| member.sends) {
            if let Some(amplitude) = amplitude {
                tick.send(*key, Frame::mono(&[*amplitude; Self::TICK])).unwrap();
            }
        }
        end(tick, &mut self.model);
    }

    /// A tick that is mixed and compared with the model. Its moves, in the order of slots.
    pub fn tick(&mut self) -> Vec<Moved> {
        let (mut moves, position) = (Vec::new(), self.elapsed * Self::TICK as u64);
        self.begin(|tick, model| {
            let mixes = tick.mix();
            assert_eq!(mixes.position(), position);
            moves = model.check(&mixes);
        });
        self.elapsed += 1;
        moves.into_iter().map(|(listener, from, to, kind)| (listener.index(), from, to, kind)).collect()
    }

    /// A tick that is dropped as it has begun, or as it is prepared and partly mixed.
    pub fn drop_tick(&mut self, prepared: bool) {
        self.begin(|tick, _| match prepared {
            false => drop(tick),
            true => tick.prepare().parts().take(1).for_each(|part| part.mix()),
        });
    }

    pub fn skip(&mut self, ticks: u64) {
        self.processor.enter().skip(ticks);
        self.elapsed += ticks;
    }

    /// One more tick, and the mixes that these hear in it.
    pub fn seen<const N: usize>(&mut self, listeners: [usize; N]) -> [Seen; N] {
        let keys = listeners.map(|n| self.here[n].key);
        let seen = |mix: Mix<'_>| Seen { id: mix.id(), forked_from: mix.forked_from() };
        let mut all = None;
        self.begin(|tick, model| {
            let mixes = tick.mix();
            model.check(&mixes);
            all = Some(keys.map(|key| seen(mixes.get(key).unwrap())));
        });
        self.elapsed += 1;
        all.unwrap()
    }
}
