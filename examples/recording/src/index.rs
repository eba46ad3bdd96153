//! The index of a recording: who was when in the call, in which file, and where something is missing.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use serde::Serialize;

/// A piece of the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Interval {
    /// The first sample of it, and the first one after it, at the rate of the recording.
    pub from_sample: u64,
    /// The first sample after it.
    pub to_sample: u64,
    /// The same in seconds.
    pub from_seconds: f64,
    /// The same in seconds.
    pub to_seconds: f64,
}

/// A piece in which something was not recorded.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Gap {
    /// Why: `loss`, as the disk was too slow; `skip`, as the mixer was; `pause`; or `unwritten`, as the disk failed.
    pub why: &'static str,
    /// In which file: `stem` or `mix`.
    pub of: &'static str,
    /// Where.
    #[serde(flatten)]
    pub interval: Interval,
}

/// One participant.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Participant {
    /// Its id in the call.
    pub id: String,
    /// The file of what it said, from the directory of the index; null if it said nothing into the call.
    pub stem: Option<String>,
    /// Its first channel in the file of many channels, counted from 0, if that was asked for; and how many it has there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<usize>,
    /// The file of what it heard, from the directory of the index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mix: Option<String>,
    /// When it was in the call.
    pub stays: Vec<Interval>,
    /// What is missing.
    pub gaps: Vec<Gap>,
}

/// The whole recording.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    /// Samples a second, in all stems.
    pub sample_rate: u32,
    /// The length of all files, in samples.
    pub samples: u64,
    /// The same in seconds.
    pub seconds: f64,
    /// The channels of each stem.
    pub channels: u16,
    /// The one file of all stems, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multichannel: Option<String>,
    /// All who were in the call at any time.
    pub participants: Vec<Participant>,
}

impl Interval {
    /// Between two samples at a rate.
    pub fn new(from: u64, to: u64, rate_hz: u32) -> Self {
        let seconds = |sample: u64| sample as f64 / f64::from(rate_hz);
        Self { from_sample: from, to_sample: to, from_seconds: seconds(from), to_seconds: seconds(to) }
    }
}

impl Index {
    /// Writes it so that a reader finds all of it or the one before.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let temporary = path.with_extension("json.part");
        fs::File::create(&temporary).and_then(|mut file| file.write_all(self.text().as_bytes()))?;
        fs::rename(temporary, path)
    }

    /// It as JSON.
    pub fn text(&self) -> String {
        let text = serde_json::to_string_pretty(self);
        text.unwrap_or_else(|error| unreachable!("numbers and names make JSON: {error}")) + "\n"
    }
}

/// The stays and gaps of one participant, put together piece by piece.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Timeline {
    stays: Vec<(u64, u64)>,
    gaps: Vec<(&'static str, &'static str, u64, u64)>,
}

impl Timeline {
    /// The participant was in the call.
    pub fn here(&mut self, from: u64, to: u64) {
        match self.stays.last_mut() {
            Some((_, end)) if *end == from => *end = to,
            _ => self.stays.push((from, to)),
        }
    }

    /// Something was not recorded, and why: see [`Gap`].
    pub fn gap(&mut self, why: &'static str, of: &'static str, from: u64, to: u64) {
        let last = self.gaps.iter_mut().rev().find(|gap| gap.1 == of);
        match last {
            Some((last, _, _, end)) if *last == why && *end == from => *end = to,
            _ => self.gaps.push((why, of, from, to)),
        }
    }

    /// The stays and the gaps before a sample at which the recording ends, for the index.
    pub fn intervals(&self, rate_hz: u32, end: u64) -> (Vec<Interval>, Vec<Gap>) {
        let stays = self.stays.iter().filter(|(from, _)| *from < end);
        let stays = stays.map(|(from, to)| Interval::new(*from, *to.min(&end), rate_hz)).collect();
        let gap = |(why, of, from, to): &(&'static str, &'static str, u64, u64)| Gap {
            why,
            of,
            interval: Interval::new(*from, *to.min(&end), rate_hz),
        };
        (stays, self.gaps.iter().filter(|gap| gap.2 < end).map(gap).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_that_touch_are_one() {
        let mut timeline = Timeline::default();
        timeline.here(0, 480);
        timeline.here(480, 960);
        timeline.gap("loss", "stem", 480, 720);
        timeline.gap("loss", "mix", 480, 960);
        timeline.gap("loss", "stem", 720, 960);
        timeline.gap("skip", "stem", 960, 1440);
        timeline.here(4800, 9600);
        let (stays, gaps) = timeline.intervals(48_000, 9600);
        assert_eq!(stays, [Interval::new(0, 960, 48_000), Interval::new(4800, 9600, 48_000)]);
        assert_eq!(stays[1].to_seconds, 0.2);
        let gaps: Vec<_> =
            gaps.iter().map(|gap| (gap.why, gap.of, gap.interval.from_sample, gap.interval.to_sample)).collect();
        assert_eq!(gaps, [("loss", "stem", 480, 960), ("loss", "mix", 480, 960), ("skip", "stem", 960, 1440)]);
    }

    #[test]
    fn it_is_written_whole() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("index.json");
        let anna = Participant { id: "anna".into(), stem: Some("anna.wav".into()), ..Participant::default() };
        let mut index = Index {
            sample_rate: 8000,
            samples: 4,
            seconds: 5e-4,
            channels: 1,
            multichannel: None,
            participants: vec![anna],
        };
        for samples in [4, 8] {
            index.samples = samples;
            index.write(&path).unwrap();
            let read: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            assert_eq!((&read["samples"], &read["participants"][0]["id"]), (&samples.into(), &"anna".into()));
        }
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}
