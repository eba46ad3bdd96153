//! RTCP: what both sides report to each other (RFC 3550, section 6): [`read()`] and [`write()`].

use rtcp_types::{
    Bye, Compound, Packet, ReceiverReport, ReportBlock, ReportBlockBuilder, RtcpPacketWriterExt, RtcpParseError, Sdes,
    SdesChunk, SdesItem, SenderReport,
};

use super::reception::Received;

/// The middle of an NTP timestamp: seconds in the upper half, and 65,536ths.
pub type NtpMiddle = u32;

/// What a peer reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// The time of its sender report, which the next report of the server repeats.
    pub sent_at: Option<NtpMiddle>,
    /// What has become of the server's packets.
    pub about_us: Option<AboutUs>,
    /// It has ended its stream.
    pub bye: bool,
}

/// The report block about the server's own stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AboutUs {
    /// In 256ths.
    pub fraction_lost: u8,
    pub lost: i32,
    /// In ticks of the server's stream.
    pub jitter: u32,
    /// When the last sender report that it has got was sent, and how long ago it came, in 65,536ths of a second.
    pub last_report: NtpMiddle,
    pub since_last_report: u32,
}

impl AboutUs {
    /// The round trip, in ms, at a moment by the server's clock; `None` before the peer has got a report.
    pub fn round_trip_ms(&self, now: NtpMiddle) -> Option<f64> {
        let taken = now.wrapping_sub(self.last_report).wrapping_sub(self.since_last_report);
        // Both clocks are rounded: a little below zero is zero.
        let taken = f64::from(taken as i32) / 65.536;
        (self.last_report != 0 && taken > -10.0).then_some(taken.max(0.0))
    }
}

/// Reads a datagram, up to a packet in it that is malformed. `ours` is the SSRC of the server's stream.
pub fn read(datagram: &[u8], ours: u32) -> Result<Told, RtcpParseError> {
    let mut told = Told::default();
    for packet in Compound::parse(datagram)?.map_while(Result::ok) {
        match packet {
            Packet::Sr(report) => {
                told.sent_at = Some((report.ntp_timestamp() >> 16) as NtpMiddle);
                told.about_us = about(report.report_blocks(), ours).or(told.about_us);
            }
            Packet::Rr(report) => told.about_us = about(report.report_blocks(), ours).or(told.about_us),
            Packet::Bye(_) => told.bye = true,
            _ => {}
        }
    }
    Ok(told)
}

fn about<'a>(mut blocks: impl Iterator<Item = ReportBlock<'a>>, ours: u32) -> Option<AboutUs> {
    blocks.find(|block| block.ssrc() == ours).map(|block| AboutUs {
        fraction_lost: block.fraction_lost(),
        // 24 bits with a sign.
        lost: (block.cumulative_lost() << 8) as i32 >> 8,
        jitter: block.interarrival_jitter(),
        last_report: block.last_sender_report_timestamp(),
        since_last_report: block.delay_since_last_sender_report_timestamp(),
    })
}

/// What the server reports.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    pub ssrc: u32,
    pub name: &'a str,
    /// If it has sent since the last report.
    pub sent: Option<Sent>,
    /// If something came from the peer.
    pub received: Option<Heard>,
    pub bye: bool,
}

/// The server's stream at a moment.
#[derive(Debug, Clone, Copy)]
pub struct Sent {
    /// The moment, in both clocks.
    pub ntp: u64,
    pub timestamp: u32,
    /// Up to then.
    pub packets: u32,
    pub octets: u32,
}

/// The peer's stream, as the server hears it.
#[derive(Debug, Clone, Copy)]
pub struct Heard {
    pub ssrc: u32,
    pub figures: Received,
    /// The time of the peer's last sender report, and how long ago it came, in 65,536ths of a second.
    pub last_report: Option<(NtpMiddle, u32)>,
}

/// Writes a compound packet: a report, the name, and a goodbye at the end.
pub fn write(report: &Report<'_>) -> Vec<u8> {
    let block = report.received.map(block);
    let compound = match report.sent {
        Some(Sent { ntp, timestamp, packets, octets }) => {
            let sender = SenderReport::builder(report.ssrc).ntp_timestamp(ntp).rtp_timestamp(timestamp);
            let sender = sender.packet_count(packets).octet_count(octets);
            Compound::builder().add_packet(block.into_iter().fold(sender, |all, block| all.add_report_block(block)))
        }
        None => {
            let receiver = ReceiverReport::builder(report.ssrc);
            Compound::builder().add_packet(block.into_iter().fold(receiver, |all, block| all.add_report_block(block)))
        }
    };
    let name = SdesChunk::builder(report.ssrc).add_item(SdesItem::builder(SdesItem::CNAME, report.name));
    let compound = compound.add_packet(Sdes::builder().add_chunk(name));
    let compound = if report.bye { compound.add_packet(Bye::builder().add_source(report.ssrc)) } else { compound };
    let mut bytes = vec![0; 256];
    let written = compound.write_into(&mut bytes).unwrap_or(0);
    bytes.truncate(written);
    bytes
}

fn block(Heard { ssrc, figures, last_report }: Heard) -> ReportBlockBuilder {
    // 24 bits with a sign, at its bounds (RFC 3550, appendix A.3).
    let lost = figures.lost.clamp(-0x80_0000, 0x7F_FFFF) as u32 & 0xFF_FFFF;
    let (last_report, since) = last_report.unwrap_or_default();
    ReportBlock::builder(ssrc)
        .fraction_lost(figures.fraction_lost)
        .cumulative_lost(lost)
        .extended_sequence_number(figures.highest)
        .interarrival_jitter(figures.jitter)
        .last_sender_report_timestamp(last_report)
        .delay_since_last_sender_report_timestamp(since)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    const FIGURES: Received = Received { fraction_lost: 51, lost: -2, highest: 0x1_0002, jitter: 32 };

    #[test]
    fn a_sender_report_has_these_bytes_and_is_read_back() {
        let bytes = write(&Report {
            ssrc: 1,
            name: "ab",
            sent: Some(Sent { ntp: 0x0000_0011_8000_0000, timestamp: 960, packets: 3, octets: 480 }),
            received: Some(Heard { ssrc: 2, figures: FIGURES, last_report: Some((0x0010_0000, 0x8000)) }),
            bye: false,
        });
        let report = [0x81, 200, 0, 12, 0, 0, 0, 1, 0, 0, 0, 0x11, 0x80, 0, 0, 0];
        let counts = [0, 0, 3, 0xC0, 0, 0, 0, 3, 0, 0, 1, 0xE0];
        let block = [0, 0, 0, 2, 51, 0xFF, 0xFF, 0xFE, 0, 1, 0, 2, 0, 0, 0, 32, 0, 0x10, 0, 0, 0, 0, 0x80, 0];
        let name = [0x81, 202, 0, 3, 0, 0, 0, 1, 1, 2, b'a', b'b', 0, 0, 0, 0];
        assert_eq!(bytes, [&report[..], &counts, &block, &name].concat());
        let about_us =
            AboutUs { fraction_lost: 51, lost: -2, jitter: 32, last_report: 0x0010_0000, since_last_report: 0x8000 };
        let told = Told { sent_at: Some(0x0011_8000), about_us: Some(about_us), bye: false };
        assert_eq!(read(&bytes, 2).unwrap(), told);
        assert_eq!(read(&bytes, 3).unwrap().about_us, None);
        // Sent at 16 s, kept for half a second, back at 16.75 s.
        assert_eq!(about_us.round_trip_ms(0x0010_C000), Some(250.0));
        assert_eq!(about_us.round_trip_ms(0x0010_7FFF), Some(0.0));
        assert_eq!(about_us.round_trip_ms(0x000F_0000), None);
    }

    #[test]
    fn who_has_not_sent_reports_as_a_receiver_and_says_goodbye() {
        let bytes = write(&Report { ssrc: 1, name: "a", sent: None, received: None, bye: true });
        let report = [0x80, 201, 0, 1, 0, 0, 0, 1];
        let name = [0x81, 202, 0, 2, 0, 0, 0, 1, 1, 1, b'a', 0];
        let bye = [0x81, 203, 0, 1, 0, 0, 0, 1];
        assert_eq!(bytes, [&report[..], &name, &bye].concat());
        assert_eq!(read(&bytes, 2).unwrap(), Told { bye: true, ..Told::default() });
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..200), kind in 200..210_u8, count in 0..32_u8) {
            let _ = read(&bytes, 1);
            let words = (bytes.len() / 4) as u16;
            let likely = [&[0x80 | count, kind], &words.to_be_bytes()[..], &bytes[..usize::from(words) * 4]].concat();
            let _ = read(&likely, 1);
        }
    }
}
