//! What a network did to a minute of packets: [`Trace`].

use std::{fs, ops::Range, path::Path};

use crate::Result;

/// The sound of a packet, in ms.
pub const PACKET_MS: f64 = 20.0;

/// A packet of 20 ms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Packet {
    /// When it was sent: once its last sample was captured.
    pub sent_ms: f64,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a packet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fate {
    /// It came at this time, in ms.
    Came(f64),
    /// It was sent, and never came.
    Lost,
    /// The sender paused and did not send it.
    Unsent,
}

/// The packets of a stream.
#[derive(Debug, Clone)]
pub struct Trace {
    /// Its name.
    pub name: String,
    /// Its packets, in the order in which they were sent.
    pub packets: Vec<Packet>,
}

impl Trace {
    /// When the packets come, in that order: times in ms, and numbers of packets.
    pub fn arrivals(&self) -> Vec<(f64, usize)> {
        let came = |(number, packet): (usize, &Packet)| match packet.fate {
            Fate::Came(ms) => Some((ms, number)),
            Fate::Lost | Fate::Unsent => None,
        };
        let mut arrivals: Vec<_> = self.packets.iter().enumerate().filter_map(came).collect();
        arrivals.sort_by(|a, b| a.0.total_cmp(&b.0));
        arrivals
    }

    /// The part that is judged: from half a second after the first packet was sent until the last one came.
    pub fn judged_ms(&self) -> Range<f64> {
        500.0..self.arrivals().last().map_or(500.0, |last| last.0)
    }

    /// The sequence numbers of the packets: those that are not sent have none of their own.
    pub fn sequence(&self) -> Vec<u16> {
        let mut next = 0_u16;
        let number = |packet: &Packet| {
            let number = next;
            next = next.wrapping_add(u16::from(packet.fate != Fate::Unsent));
            number
        };
        self.packets.iter().map(number).collect()
    }

    /// When the packets were sent.
    pub fn sent_ms(&self) -> Vec<f64> {
        self.packets.iter().map(|packet| packet.sent_ms).collect()
    }

    /// The traces of a folder, by name: files NAME.txt, a line for each packet of 20 ms: when it was sent and when it
    /// came, in ms, or LOST, or DTX if it was not sent.
    pub fn folder(folder: &Path) -> Result<Vec<Self>> {
        let failure = |fault: std::io::Error| format!("the folder {} cannot be read: {fault}", folder.display());
        let entries = fs::read_dir(folder).map_err(failure)?.collect::<std::io::Result<Vec<_>>>().map_err(failure)?;
        let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
        paths.sort();
        paths.iter().map(|path| Self::file(path)).collect()
    }

    fn file(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(|fault| format!("{} cannot be read: {fault}", path.display()))?;
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let packets: Option<Vec<_>> = text.lines().map(line).collect();
        let packets = packets.filter(|packets| !packets.is_empty());
        let packets = packets.ok_or_else(|| format!("{} is no trace: lines of two times in ms", path.display()))?;
        Ok(Self { name, packets })
    }
}

fn line(line: &str) -> Option<Packet> {
    let (sent, came) = line.trim().split_once(' ')?;
    let fate = match came {
        "LOST" => Fate::Lost,
        "DTX" => Fate::Unsent,
        ms => Fate::Came(ms.parse().ok()?),
    };
    Some(Packet { sent_ms: sent.parse().ok()?, fate })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_are_in_their_order_and_pauses_have_no_number() {
        let packets = ["0 50", "20 LOST", "40 DTX", "60 61.5", "80 40"].map(|text| line(text).unwrap());
        let trace = Trace { name: "example".into(), packets: packets.to_vec() };
        assert_eq!(trace.arrivals(), [(40.0, 4), (50.0, 0), (61.5, 3)]);
        assert_eq!(trace.sequence(), [0, 1, 2, 2, 3]);
        assert_eq!(trace.judged_ms(), 500.0..61.5);
        assert_eq!(line("no times"), None);
    }
}
