//! Every trace with every content, beside what NetEq did: [`contest`].

use std::collections::BTreeMap;

use indicatif::ProgressBar;
use rayon::prelude::*;

use super::{
    codec,
    delay::{Finder, Sent, mean_and_p95},
    room::{Content, Heard, play},
    speech::{speech, thinned, with_pauses},
    stored::NetEq,
    trace::{Fate, Trace},
};
use crate::Result;

/// What was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SentAs {
    /// Packets of samples.
    Samples,
    /// Packets of Opus with copies.
    Opus,
}

impl SentAs {
    /// All.
    pub const ALL: [Self; 2] = [Self::Samples, Self::Opus];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Samples => "samples",
            Self::Opus => "Opus",
        }
    }
}

/// How a trace was got over.
#[derive(Debug, Clone)]
pub struct Line {
    /// The name of the trace.
    pub trace: String,
    /// What was sent.
    pub sent_as: SentAs,
    /// What NetEq did with the same trace: without copies beside samples, with copies beside Opus, where both were
    /// recorded.
    pub neteq: Option<NetEq>,
    /// What the port did.
    pub figures: Figures,
}

/// What the port did with a trace, in ms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// From a sound's capture until it was heard, without the delay of the codec: the mean.
    pub mean_ms: f64,
    /// And 95 % of the time at most.
    pub p95_ms: f64,
    /// What was concealed, a minute.
    pub gap_ms: f64,
    /// What was decoded from copies, a minute.
    pub recovered_ms: f64,
    /// What it stretched by.
    pub inserted_ms: f64,
    /// What it shortened by.
    pub removed_ms: f64,
}

/// What is sent over a trace: the sound, and the same as packets of Opus.
#[derive(Debug)]
pub struct Voice {
    sound: Vec<f32>,
    at_8k: Vec<f32>,
    packets: Vec<Vec<u8>>,
    codec_ms: f64,
}

impl Voice {
    /// Speech for so many packets.
    pub fn new(packets: usize) -> Result<Self> {
        Self::of(speech(packets * codec::PACKET)?)
    }

    /// Speech with the pauses of a trace.
    pub fn with_pauses(trace: &Trace) -> Result<Self> {
        Self::of(with_pauses(&speech(trace.packets.len() * codec::PACKET)?, trace))
    }

    fn of(sound: Vec<f32>) -> Result<Self> {
        let packets = codec::encoded(&sound)?;
        let codec_ms = codec::delay_ms(&sound, &packets)?;
        Ok(Self { at_8k: thinned(&sound, 6), sound, packets, codec_ms })
    }

    /// What is handed to the port.
    pub fn content(&self, sent_as: SentAs) -> Content<'_> {
        match sent_as {
            SentAs::Samples => Content::Samples(&self.sound),
            SentAs::Opus => Content::Opus(&self.packets),
        }
    }

    /// The delays of what was heard between two times, in ms, without that of the codec.
    pub fn delays(
        &self,
        heard: &Heard,
        sent_as: SentAs,
        trace: &Trace,
        within: std::ops::Range<f64>,
    ) -> Vec<super::delay::Found> {
        let sent_ms = trace.sent_ms();
        let sent = Sent { samples: &self.at_8k, sent_ms: &sent_ms };
        let mut found = Finder::new().find(&heard.samples, 0.0, &sent, within);
        if sent_as == SentAs::Opus {
            found.iter_mut().for_each(|found| found.delay_ms -= self.codec_ms);
        }
        found
    }
}

/// Sends both contents over all traces, on all cores.
pub fn contest(traces: &[Trace], neteq: &BTreeMap<String, NetEq>, bar: &ProgressBar) -> Result<Vec<Line>> {
    let longest = traces.iter().map(|trace| trace.packets.len()).max().unwrap_or_default();
    let voice = Voice::new(longest)?;
    let pairs: Vec<_> = traces.iter().flat_map(|trace| SentAs::ALL.map(|sent_as| (trace, sent_as))).collect();
    let lines = pairs.par_iter().map(|(trace, sent_as)| {
        let pauses = trace.packets.iter().any(|packet| packet.fate == Fate::Unsent);
        let paused = if pauses { Some(Voice::with_pauses(trace)?) } else { None };
        let figures = figures(trace, paused.as_ref().unwrap_or(&voice), *sent_as)?;
        bar.inc(1);
        let without_copies = neteq.get(&format!("{}-nofec", trace.name)).filter(|_| *sent_as == SentAs::Samples);
        let neteq = without_copies.or_else(|| neteq.get(&trace.name)).copied();
        Ok(Line { trace: trace.name.clone(), sent_as: *sent_as, neteq, figures })
    });
    lines.collect()
}

fn figures(trace: &Trace, voice: &Voice, sent_as: SentAs) -> Result<Figures> {
    let judged = trace.judged_ms();
    let heard = play(trace, voice.content(sent_as), [judged.start, judged.end])?;
    let minutes = (judged.end - judged.start) / 60_000.0;
    let [mean_ms, p95_ms] = mean_and_p95(&voice.delays(&heard, sent_as, trace, judged));
    Ok(Figures {
        mean_ms,
        p95_ms,
        gap_ms: heard.ms(|readings| readings.concealed_samples) / minutes,
        recovered_ms: heard.ms(|readings| readings.recovered_samples) / minutes,
        inserted_ms: heard.ms(|readings| readings.inserted_samples),
        removed_ms: heard.ms(|readings| readings.removed_samples),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::networks::kinds;

    #[test]
    fn a_clean_network_has_no_gap_and_little_delay() {
        let traces = &kinds::made(1)[..1];
        let lines = contest(traces, &BTreeMap::new(), &ProgressBar::hidden()).unwrap();
        assert_eq!(lines.len(), 2);
        for line in lines {
            assert!(line.figures.gap_ms == 0.0 && (25.0..60.0).contains(&line.figures.mean_ms), "{line:?}");
        }
    }
}
