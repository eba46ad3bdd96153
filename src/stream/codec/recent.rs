//! The last packets that an encoder was given: [`Recent`]. An encoder whose library cannot copy its state is forked by
//! giving them to a new one. Once the two have so much in common they differ as little as any two encoders with different
//! pasts ever do, and no edge is to be heard where a decoder goes from one to the other: 60 ms of Opus, 200 ms of
//! G.722 (each has a test).

use std::collections::VecDeque;

/// The samples of the last packets.
#[derive(Debug, Clone)]
pub(super) struct Recent {
    /// The oldest first.
    packets: VecDeque<Vec<f32>>,
    /// How many samples are kept at least, once there are so many.
    least: usize,
    /// Whether they are those of the encoder that this one was forked from, and this one has not encoded them yet.
    behind: bool,
}

impl Recent {
    /// Of packets that have so many samples together.
    pub fn of(least: usize) -> Self {
        Self { packets: VecDeque::new(), least, behind: false }
    }

    /// Keeps a packet.
    pub fn note(&mut self, samples: &[f32]) {
        let kept: usize = self.packets.iter().map(Vec::len).sum();
        let oldest = self.packets.front().map_or(0, Vec::len);
        let mut packet = if kept >= self.least + oldest { self.packets.pop_front() } else { None }.unwrap_or_default();
        packet.clear();
        packet.extend_from_slice(samples);
        self.packets.push_back(packet);
    }

    /// For another encoder, which is to encode them before anything else.
    pub fn fork(&self) -> Self {
        Self { behind: true, ..self.clone() }
    }

    /// What is to be encoded before the next packet, which only a fork has, and once.
    pub fn take_backlog(&mut self) -> Vec<Vec<f32>> {
        if std::mem::take(&mut self.behind) { self.packets.iter().cloned().collect() } else { Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_keeps_as_much_as_is_needed_and_a_fork_has_a_backlog_once() {
        let mut recent = Recent::of(4);
        (1..=5).for_each(|number| recent.note(&[number as f32; 2]));
        assert!(recent.take_backlog().is_empty());
        let mut fork = recent.fork();
        assert_eq!(fork.take_backlog(), [[3.0; 2], [4.0; 2], [5.0; 2]]);
        assert!(fork.take_backlog().is_empty());
        recent.note(&[6.0; 9]);
        assert_eq!(recent.fork().fork().take_backlog().len(), 3, "a fork of what has encoded nothing yet");
    }
}
