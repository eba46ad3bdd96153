//! What is counted and measured of a session: [`Figures`]. Plain data for the desk and for Prometheus.

use serde::Serialize;

/// The figures of a session, as both sides know them.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    pub codec: &'static str,
    pub received: Direction,
    /// What the peer reports of it; the counts are the server's own.
    pub sent: Direction,
    /// Whether the peer has reported what becomes of what is sent.
    pub is_reported: bool,
    /// From the peer's last report that tells it.
    pub round_trip_ms: Option<f64>,
    /// The last keys that were pressed, the oldest first.
    pub keys: String,
    pub keys_pressed: u64,
    pub dropped: Dropped,
}

/// One direction of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Direction {
    pub packets: u64,
    pub bytes: u64,
    /// Packets that were lost in all, less those that came twice.
    pub lost: i64,
    /// Since the last report, 0 to 100.
    pub loss_percent: f64,
    pub jitter_ms: f64,
}

/// Datagrams that were not used, by the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Dropped {
    /// From another address than the peer's.
    pub strangers: u64,
    /// Neither RTP nor RTCP where they should be.
    pub malformed: u64,
    /// Of a payload type that was not agreed: comfort noise, or a codec of before.
    pub other_payloads: u64,
    /// Of a peer that has said that it does not send.
    pub on_hold: u64,
    /// Refused by the mixer: too many at once.
    pub refused: u64,
    /// Packets for the peer that the system did not take.
    pub unsent: u64,
}

/// How many keys are remembered.
const KEYS: usize = 32;

impl Figures {
    /// Adds a key that was pressed.
    pub fn press(&mut self, digit: char) {
        self.keys_pressed += 1;
        if self.keys.len() >= KEYS {
            self.keys.remove(0);
        }
        self.keys.push(digit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_keys_are_remembered() {
        let mut figures = Figures::default();
        "0123456789".repeat(4).chars().for_each(|digit| figures.press(digit));
        assert_eq!((figures.keys.as_str(), figures.keys_pressed), ("89012345678901234567890123456789", 40));
    }
}
