//! How a lane stands with its receivers: [`Sending`] knows what an RTP sender has to tell of a packet, the marker bit and
//! what is missing before it.

/// Whether packets go out one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sending {
    /// Nothing was sent yet, or a pause goes on: nobody misses a packet.
    Pauses,
    /// The packet before was sent.
    Goes,
    /// So many before could not be made.
    Lacks(u32),
}

impl Sending {
    /// There are no packets for a time, although there should be so many. After more than `most` it is a pause: sequence
    /// numbers that leap far mislead receivers.
    pub fn lose(&mut self, packets: u64, most: u32) {
        let lost = match *self {
            Self::Pauses => return,
            Self::Goes => packets,
            Self::Lacks(before) => packets.saturating_add(u64::from(before)),
        };
        *self = match u32::try_from(lost) {
            Ok(0) => Self::Goes,
            Ok(lost) if lost <= most => Self::Lacks(lost),
            _ => Self::Pauses,
        };
    }

    /// A packet is sent, in a pause or not. Whether it is the first after a pause, and how many are missing before it.
    pub fn send(&mut self, in_pause: bool) -> (bool, u32) {
        let told = match *self {
            Self::Pauses => (!in_pause, 0),
            Self::Goes => (false, 0),
            Self::Lacks(lost) => (false, lost),
        };
        *self = if in_pause { Self::Pauses } else { Self::Goes };
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_packet_resumes_and_what_is_lost_is_told_once() {
        let mut sending = Sending::Pauses;
        assert_eq!(sending.send(false), (true, 0));
        assert_eq!(sending.send(false), (false, 0));
        sending.lose(2, 50);
        sending.lose(1, 50);
        assert_eq!([sending.send(false), sending.send(false)], [(false, 3), (false, 0)]);
        sending.lose(0, 50);
        assert_eq!(sending.send(false), (false, 0));
    }

    #[test]
    fn in_a_pause_nothing_is_missed_and_what_refreshes_it_does_not_end_it() {
        let mut sending = Sending::Pauses;
        sending.lose(7, 50);
        assert_eq!([sending.send(true), sending.send(false)], [(false, 0), (true, 0)]);
        sending.lose(51, 50);
        assert_eq!(sending.send(false), (true, 0), "what lacks for so long is a pause");
    }
}
