//! A player that is given clips, interrupted and flushed. Each clip ends once, and every sample is counted.

use mixminus::{
    Controller, Frame, JoinOptions,
    stream::{Clip, Player, PlayerError, PlayerEventKind, PlayerEvents, PlayerOptions},
};

use super::random::Random;

/// Samples of the clips.
const CLIPS: [usize; 4] = [1600, 16_000, 48_000, 777];

pub struct Music {
    player: Player,
    events: PlayerEvents,
    clips: [Clip; 4],
    queued: u64,
    ended: u64,
    heard: u64,
    lengths: Vec<(u64, usize)>,
}

impl Music {
    pub fn join(controller: &Controller) -> Self {
        let player = controller.join_player("music", JoinOptions::default(), PlayerOptions::default()).unwrap();
        let events = player.events().unwrap();
        let clips = CLIPS.map(|samples| {
            let sound: Vec<f32> = (0..samples).map(|n| (n as f32 * 0.11).sin() * 0.1).collect();
            Clip::new(Frame::mono(&sound), 16_000, 16_000).unwrap()
        });
        Self { player, events, clips, queued: 0, ended: 0, heard: 0, lengths: Vec::new() }
    }

    /// Gives it something to do.
    pub fn order(&mut self, random: &mut Random) {
        let which = random.under(4);
        let queued = match random.under(8) {
            0 => self.player.play(&self.clips[which], random.under(30) as f64).map(Some),
            1 => self.player.flush(random.under(30) as f64).map(|()| None),
            2 => self.player.pause().map(|()| None),
            3 | 4 => self.player.resume().map(|()| None),
            _ => self.player.append(&self.clips[which]).map(Some),
        };
        match queued {
            Ok(Some(number)) => {
                self.queued += 1;
                self.lengths.push((number.number(), CLIPS[which]));
            }
            Ok(None) | Err(PlayerError::Full { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }

    /// Reads what has happened.
    pub fn listen(&mut self) {
        for event in self.events.by_ref() {
            let (clip, heard) = match event.kind {
                PlayerEventKind::Finished { clip } => (clip, None),
                PlayerEventKind::Flushed { clip, heard_samples } => (clip, Some(heard_samples)),
                _ => continue,
            };
            let at = self.lengths.iter().position(|(number, _)| *number == clip.number()).expect("it ends once");
            let (_, samples) = self.lengths.swap_remove(at);
            self.ended += 1;
            self.heard += heard.unwrap_or(samples as u64);
        }
    }

    /// Ends all that is queued.
    pub fn end(&self) {
        self.player.resume().unwrap();
        self.player.flush(0.0).unwrap();
    }

    pub fn check(&mut self) {
        self.listen();
        let readings = self.player.readings();
        assert_eq!((self.queued, self.heard), (self.ended, readings.played_samples), "{readings:?}");
        assert_eq!((readings.lost_events, readings.left_ms), (0, 0.0), "{readings:?}");
        self.lengths.shrink_to_fit();
    }
}
