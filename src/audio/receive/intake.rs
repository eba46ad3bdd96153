//! How frames come in: sent by the host, or told of by a connection and read once they are needed.

use super::{
    frames,
    receiver::Receiver,
    source::{Source, Standing},
};
#[cfg(feature = "cluster")]
use super::{frames::Taken, source::Tapped};
#[cfg(feature = "cluster")]
use crate::dsp::Tile;
use crate::{
    audio::belongings::Kept,
    data::{
        connection::{Connection, Told},
        frame::{Frame, FrameError},
        id::ParticipantKey,
        timing::{Clock, Timing},
    },
    dsp::Kernel,
};

impl Receiver {
    /// Takes a frame that the host sends.
    pub fn send(
        &mut self,
        key: ParticipantKey,
        frame: &Frame<'_>,
        timing: &Timing,
        kernel: Kernel,
    ) -> Result<(), FrameError> {
        let index = key.slot as usize;
        let source = self.sender(key)?;
        let fault = match frame.len() {
            _ if source.has_frame() => Some(FrameError::Repeated { key }),
            Err((left, right)) => Some(FrameError::Uneven { key, left, right }),
            Ok(actual) if actual != timing.tick => Some(FrameError::WrongLength { key, expected: timing.tick, actual }),
            Ok(_) => None,
        };
        if let Some(fault) = fault {
            source.readings.refused += 1;
            self.idle[index].wake();
            return Err(fault);
        }
        self.take(index, frame, kernel).map_err(|index| FrameError::NotFinite { key, index })
    }

    /// The source with a key.
    fn sender(&mut self, key: ParticipantKey) -> Result<&mut Source, FrameError> {
        let here = |source: &&mut Source| source.key == key && source.standing == Standing::Here;
        match self.sources.get_mut(key.slot as usize).filter(here) {
            Some(source) if source.sends => Ok(source),
            Some(_) => Err(FrameError::NotASource { key }),
            None => Err(FrameError::Unknown { key }),
        }
    }

    /// Takes a frame of zeros without its samples: a tap alone reads them. `frame` has all else.
    #[cfg(feature = "cluster")]
    pub fn send_silence(&mut self, key: ParticipantKey, frame: &Frame<'_>) -> Result<(), FrameError> {
        let source = self.sender(key)?;
        if source.has_frame() {
            source.readings.refused += 1;
            return Err(FrameError::Repeated { key });
        }
        source.take(Taken::default(), frame, frame.active);
        let index = key.slot as usize;
        if source.tapped != Tapped::No {
            self.signals.iter_mut().for_each(|signals| Tile::flat_mut(signals.signal_mut(index)).fill(0.0));
        }
        self.idle[index].wake();
        Ok(())
    }

    /// Takes what a connection tells of its frame, and reads it if a model has to hear it.
    pub fn tell(&mut self, index: usize, told: Told, connection: &mut dyn Connection, kernel: Kernel) {
        self.idle[index].wake();
        let source = &mut self.sources[index];
        if !told.is_sound() {
            source.readings.not_finite += 1;
            return;
        }
        source.tell(told);
        if source.judge.is_some() {
            // What is refused is counted, and missing.
            let _ = self.take(index, &told.frame(connection.read()), kernel);
        }
    }

    /// Takes a frame of the right length. `Err` with the place of the first sample that is none.
    #[inline]
    fn take(&mut self, index: usize, frame: &Frame<'_>, kernel: Kernel) -> Result<(), usize> {
        self.idle[index].wake();
        let source = &mut self.sources[index];
        let deciding = [source.threshold(), self.floor];
        match frames::take(frame, self.channels, &mut self.signals, index, deciding, kernel) {
            Ok(taken) => {
                let speaks = source.judge.as_mut().map(|judge| judge.is_speech(frame));
                source.take(taken, frame, speaks.unwrap_or(frame.active));
                Ok(())
            }
            Err(place) => {
                source.forget_frame();
                source.readings.not_finite += 1;
                Err(place)
            }
        }
    }

    /// Reads the frame that a connection told of. If it turns out to be none, it is missing.
    pub(super) fn read(
        &mut self,
        index: usize,
        told: Told,
        kept: Option<&mut Kept>,
        kernel: Kernel,
        clock: &Clock<'_>,
    ) {
        let connection = kept.and_then(|kept| kept.belongings.connection.as_mut());
        let read = connection.map(|connection| self.take(index, &told.frame(connection.read()), kernel));
        if !matches!(read, Some(Ok(()))) {
            self.sources[index].forget_frame();
            self.sources[index].fade(false, clock);
        }
    }
}
