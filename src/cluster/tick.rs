//! The message that a node publishes in each tick: how it is written, and read again. Pure data.
//!
//! All numbers are little-endian.
//!
//! | bytes | what |
//! | --- | --- |
//! | 1 | the version of this format |
//! | 1 | how samples are written: 0 for 16 bits, 1 for floats, 2 for Opus |
//! | 4 | samples of a tick |
//! | 8 | the incarnation of the node |
//! | 8 | the number of the tick |
//! | 2 | how many sources follow |
//! | 17 each | slot, stay, flags, mean square (a double): 1 active, 2 muted, 4 with samples, 8 in stereo |
//! | | the samples of each source that has any, the left ones before the right ones; or the length of a payload, in 2 bytes, and it |

use super::{
    LinkFormat,
    codec::{LinkDecoders, LinkEncoders},
    entry::Place,
    options::MOST_SOURCES,
};
use crate::{
    ParticipantKey,
    data::channels::{Channels, PlanesMut},
    stream::lanes::{TickFrame, Told},
};

const VERSION: u8 = 1;
const HEAD: usize = 24;
const RECORD: usize = 17;
const ACTIVE: u8 = 1;
const MUTED: u8 = 2;
const SAMPLES: u8 = 4;
const STEREO: u8 = 8;
/// Full scale of 16 bits.
const FULL_SCALE: f32 = 32768.0;

/// Writes a tick to the end of `out`.
pub(super) fn write(frame: &TickFrame, incarnation: u64, encoders: &mut LinkEncoders, out: &mut Vec<u8>) {
    let coding = Coding::of(encoders.format());
    out.extend([VERSION, coding as u8]);
    out.extend((frame.frames() as u32).to_le_bytes());
    out.extend(incarnation.to_le_bytes());
    out.extend(frame.tick.to_le_bytes());
    out.extend((frame.sources().len() as u16).to_le_bytes());
    for source in frame.sources() {
        let Told { key: ParticipantKey { slot, stay, .. }, active, muted, mean_square } = source.told;
        let mut flags = if active { ACTIVE } else { 0 } | if muted { MUTED } else { 0 };
        if frame.planes(source).is_some() {
            flags |= if source.is_stereo() { SAMPLES | STEREO } else { SAMPLES };
        }
        out.extend(slot.to_le_bytes());
        out.extend(stay.to_le_bytes());
        out.push(flags);
        out.extend(mean_square.to_le_bytes());
    }
    for source in frame.sources() {
        let Some(planes) = frame.planes(source) else { continue };
        for plane in [Some(planes.left), planes.right].into_iter().flatten() {
            match coding {
                Coding::I16 => out.extend(plane.iter().flat_map(|sample| to_i16(*sample).to_le_bytes())),
                Coding::F32 => out.extend(plane.iter().flat_map(|sample| sample.to_le_bytes())),
                Coding::Encoded => {}
            }
        }
        if coding == Coding::Encoded {
            encoders.write(source.told.key, planes, frame.tick, out);
        }
    }
}

/// How samples are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    I16 = 0,
    F32 = 1,
    Encoded = 2,
}

impl Coding {
    fn of(format: LinkFormat) -> Self {
        match format {
            LinkFormat::I16 => Self::I16,
            LinkFormat::F32 => Self::F32,
            #[cfg(feature = "opus")]
            LinkFormat::Opus(_) => Self::Encoded,
        }
    }

    fn read(byte: u8) -> Option<Self> {
        [Self::I16, Self::F32, Self::Encoded].into_iter().find(|coding| *coding as u8 == byte)
    }
}

fn to_i16(sample: f32) -> i16 {
    // Half of a step away from 0, and cut; what is out of range becomes the nearest integer that is in it. `round` calls a library.
    let scaled = sample * FULL_SCALE;
    (scaled + 0.5_f32.copysign(scaled)) as i16
}

/// A tick that has come: its figures are in their bounds, and its length is right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tick<'a> {
    pub incarnation: u64,
    pub number: u64,
    coding: Coding,
    samples: usize,
    records: &'a [u8],
    planes: &'a [u8],
}

/// The sources of a tick that are not heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct LeftOut {
    /// Nobody is known by their places.
    pub unknown: u64,
    /// There was no room for them, or a sample was none.
    pub refused: u64,
}

/// A source in it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Record {
    place: Place,
    flags: u8,
    mean_square: f64,
}

impl<'a> Tick<'a> {
    /// Reads a tick of so many samples; `None` if it is none.
    pub fn read(bytes: &'a [u8], samples: usize) -> Option<Self> {
        let (head, rest) = bytes.split_first_chunk::<HEAD>()?;
        let coding = Coding::read(head[1])?;
        let count = usize::from(u16::from_le_bytes([head[22], head[23]]));
        if head[0] != VERSION || number::<4>(&head[2..6]) != samples as u64 || count > MOST_SOURCES {
            return None;
        }
        let (records, planes) = rest.split_at_checked(count * RECORD)?;
        let tick = Self {
            incarnation: number::<8>(&head[6..14]),
            number: number::<8>(&head[14..22]),
            coding,
            samples,
            records,
            planes,
        };
        let behind = tick.sources().try_fold(planes, |rest, record| Some(tick.split(record, rest)?.1))?;
        (behind.is_empty() && tick.sources().all(|record| record.is_sound())).then_some(tick)
    }

    fn sources(&self) -> impl Iterator<Item = Record> + use<'a> {
        self.records.chunks_exact(RECORD).map(|bytes| Record {
            place: Place { slot: number::<4>(&bytes[..4]) as u32, stay: number::<4>(&bytes[4..8]) as u32 },
            flags: bytes[8],
            mean_square: f64::from_bits(number::<8>(&bytes[9..])),
        })
    }

    fn bytes_of_a_plane(&self) -> usize {
        self.samples * if self.coding == Coding::I16 { 2 } else { 4 }
    }

    /// The samples of a source, and what lies behind them; `None` if they end before.
    fn split(&self, record: Record, rest: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
        match self.coding {
            Coding::Encoded if record.planes() > 0 => {
                let (length, rest) = rest.split_first_chunk::<2>()?;
                rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))
            }
            Coding::Encoded => Some((&[], rest)),
            Coding::I16 | Coding::F32 => rest.split_at_checked(record.planes() * self.bytes_of_a_plane()),
        }
    }

    /// How many sources and planes it has.
    pub fn room(&self) -> (usize, usize) {
        self.sources().fold((0, 0), |(sources, planes), record| (sources + 1, planes + record.planes()))
    }

    /// Puts its sources into a frame, those whose key is known.
    pub fn fill(
        &self,
        frame: &mut TickFrame,
        decoders: &mut LinkDecoders,
        key: impl Fn(Place) -> Option<ParticipantKey>,
    ) -> LeftOut {
        frame.clear(self.number);
        let (mut left_out, mut planes) = (LeftOut::default(), self.planes);
        for record in self.sources() {
            let Some((own, rest)) = self.split(record, planes) else { break };
            planes = rest;
            let Some(key) = key(record.place) else {
                left_out.unknown += 1;
                continue;
            };
            if frame.is_full() {
                left_out.refused += 1;
                continue;
            }
            let (active, muted) = (record.flags & ACTIVE != 0, record.flags & MUTED != 0);
            let told = Told { key, active, muted, mean_square: record.mean_square };
            let taken = match record.channels() {
                None => frame.push_silent(told),
                Some(channels) if self.coding == Coding::Encoded => {
                    frame.push(told, channels, |planes| decoders.read(record.place, own, self.number, planes))
                }
                Some(channels) => frame.push(told, channels, |planes| self.read_planes(own, planes)),
            };
            left_out.refused += u64::from(!taken);
        }
        left_out
    }

    fn read_planes(&self, bytes: &[u8], planes: PlanesMut<'_>) {
        let planes_of = [Some(planes.left), planes.right].into_iter().flatten();
        for (plane, bytes) in planes_of.zip(bytes.chunks_exact(self.bytes_of_a_plane())) {
            match self.coding {
                Coding::I16 => {
                    let (samples, _) = bytes.as_chunks::<2>();
                    let to = plane.iter_mut().zip(samples);
                    to.for_each(|(to, from)| *to = f32::from(i16::from_le_bytes(*from)) / FULL_SCALE);
                }
                Coding::F32 => {
                    let (samples, _) = bytes.as_chunks::<4>();
                    plane.iter_mut().zip(samples).for_each(|(to, from)| *to = f32::from_le_bytes(*from));
                }
                Coding::Encoded => {}
            }
        }
    }
}

impl Record {
    fn planes(&self) -> usize {
        self.channels().map_or(0, Channels::count)
    }

    fn channels(&self) -> Option<Channels> {
        let channels = if self.flags & STEREO != 0 { Channels::Stereo } else { Channels::Mono };
        (self.flags & SAMPLES != 0).then_some(channels)
    }

    fn is_sound(&self) -> bool {
        let most = f64::from(crate::Frame::LIMIT).powi(2);
        self.flags & !(ACTIVE | MUTED | SAMPLES | STEREO) == 0 && (0.0..=most).contains(&self.mean_square)
    }
}

/// A number of up to 8 bytes.
fn number<const N: usize>(bytes: &[u8]) -> u64 {
    bytes.iter().take(N).rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(slot: u32) -> ParticipantKey {
        ParticipantKey { mixer: 1, slot, stay: 3 }
    }

    fn told(slot: u32) -> Told {
        Told { key: key(slot), active: slot == 1, muted: slot == 2, mean_square: 0.1 }
    }

    /// A tick of four samples: one source in mono, one in stereo, one silent.
    fn frame() -> TickFrame {
        let mut frame = TickFrame::new(3, 3, 4);
        frame.clear(77);
        let fill = |planes: PlanesMut<'_>| {
            planes.left.copy_from_slice(&[0.1, -0.2, 1.5, -1.0]);
            planes.right.into_iter().for_each(|plane| plane.copy_from_slice(&[0.3, 0.0, 0.25, -0.125]));
        };
        assert!(frame.push(told(1), Channels::Mono, fill) && frame.push(told(2), Channels::Stereo, fill));
        assert!(frame.push_silent(told(3)));
        frame
    }

    fn read(bytes: &[u8], knows: impl Fn(Place) -> Option<ParticipantKey>) -> (TickFrame, LeftOut) {
        let mut to = TickFrame::new(3, 3, 4);
        let left_out = Tick::read(bytes, 4).unwrap().fill(&mut to, &mut LinkDecoders::new(), knows);
        (to, left_out)
    }

    #[test]
    fn a_tick_comes_back_bit_for_bit_in_floats_and_to_the_quantum_in_integers() {
        for format in [LinkFormat::F32, LinkFormat::I16] {
            let (from, mut bytes) = (frame(), Vec::new());
            write(&from, 5, &mut LinkEncoders::new(format), &mut bytes);
            let tick = Tick::read(&bytes, 4).unwrap();
            assert_eq!((tick.incarnation, tick.number, tick.room()), (5, 77, (3, 3)));
            let (to, left_out) = read(&bytes, |place| Some(key(place.slot)));
            assert_eq!((left_out, to.sources().len()), (LeftOut::default(), 3));
            for (a, b) in from.sources().iter().zip(to.sources()) {
                assert_eq!(a.told, b.told);
                let [a, b] =
                    [from.planes(a), to.planes(b)].map(|planes| planes.map(|planes| (planes.left, planes.right)));
                let (Some(a), Some(b)) = (a, b) else {
                    assert!(a.is_none() && b.is_none());
                    continue;
                };
                let both = a.0.iter().chain(a.1.into_iter().flatten()).zip(b.0.iter().chain(b.1.into_iter().flatten()));
                for (a, b) in both {
                    let most = if format == LinkFormat::F32 { 0.0 } else { 0.5 / 32768.0 };
                    assert!(
                        (a.clamp(-1.0, 32767.0 / 32768.0) - b).abs() <= most || format == LinkFormat::F32 && a == b
                    );
                }
            }
        }
    }

    #[test]
    fn who_is_not_known_is_left_out_and_those_behind_keep_their_samples() {
        let mut bytes = Vec::new();
        write(&frame(), 5, &mut LinkEncoders::new(LinkFormat::F32), &mut bytes);
        let (to, left_out) = read(&bytes, |place| (place.slot == 2).then(|| key(2)));
        assert_eq!((left_out, to.sources().len()), (LeftOut { unknown: 2, refused: 0 }, 1));
        assert_eq!(to.planes(&to.sources()[0]).unwrap().right, Some(&[0.3, 0.0, 0.25, -0.125][..]));
    }

    #[test]
    fn what_is_cut_or_of_another_mixer_is_no_tick() {
        let mut bytes = Vec::new();
        write(&frame(), 5, &mut LinkEncoders::new(LinkFormat::I16), &mut bytes);
        for end in 0..bytes.len() {
            assert_eq!(Tick::read(&bytes[..end], 4), None);
        }
        assert_eq!(Tick::read(&[&bytes[..], &[0]].concat(), 4), None);
        assert_eq!(Tick::read(&bytes, 5), None);
        for (at, bad) in [(0, 2), (1, 3), (HEAD + 8, 16), (HEAD + 16, 0x7f), (HEAD + 16, 0xff)] {
            let mut bytes = bytes.clone();
            bytes[at] = bad;
            assert_eq!(Tick::read(&bytes, 4), None, "byte {at}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(
            mut bytes in proptest::collection::vec(any::<u8>(), 0..300),
            count in 0_u16..9,
        ) {
            if let Some(head) = bytes.first_chunk_mut::<HEAD>() {
                (head[0], head[1]) = (VERSION, head[1] % 3);
                head[2..6].copy_from_slice(&4_u32.to_le_bytes());
                head[22..].copy_from_slice(&count.to_le_bytes());
            }
            if let Some(tick) = Tick::read(&bytes, 4) {
                let (sources, planes) = tick.room();
                let mut frame = TickFrame::new(sources, planes, 4);
                tick.fill(&mut frame, &mut LinkDecoders::new(), |place| Some(key(place.slot)));
                prop_assert!(frame.sources().len() <= sources);
            }
        }
    }
}
