//! The reports of a session: when they are sent, and what both sides learn from them ([`Reporting`]).

use std::time::{Duration, Instant};

use rtcp_types::RtcpParseError;

use super::{
    clock::NtpClock,
    figures::Figures,
    outbound::Outbound,
    reception::Reception,
    reports::{self, AboutUs, Heard, NtpMiddle, Report, Sent, Told},
};

/// The mean time between reports (RFC 3550, section 6.2), of which the first is sent after half.
const INTERVAL: Duration = Duration::from_secs(5);

/// The reports to a peer, and from it.
#[derive(Debug)]
pub struct Reporting {
    clock: NtpClock,
    /// The canonical name: a random one for each session (RFC 7022).
    name: String,
    due: Instant,
    /// The peer's last sender report, and when it came.
    last: Option<(NtpMiddle, Instant)>,
}

impl Reporting {
    pub fn start(now: Instant) -> Self {
        let name = format!("{:024x}", fastrand::u128(..) >> 32);
        Self { clock: NtpClock::start(now), name, due: now + interval(INTERVAL / 2), last: None }
    }

    pub fn is_due(&self, now: Instant) -> bool {
        now >= self.due
    }

    /// Writes a report.
    pub fn write(
        &mut self,
        source: Option<&mut Reception>,
        outbound: &mut Outbound,
        bye: bool,
        now: Instant,
    ) -> Vec<u8> {
        self.due = now + interval(INTERVAL);
        let timestamp = outbound.timestamp_at(now);
        let Outbound { ssrc, packets, octets, .. } = *outbound;
        let sent = timestamp.map(|timestamp| Sent { ntp: self.clock.ntp(now), timestamp, packets, octets });
        let last_report = self.last.map(|(report, came)| (report, in_65536ths(now.saturating_duration_since(came))));
        let received = source.map(|source| Heard { ssrc: source.ssrc, figures: source.report(), last_report });
        reports::write(&Report { ssrc, name: &self.name, sent, received, bye })
    }

    /// Reads a report, if it is one.
    pub fn read(
        &mut self,
        datagram: &[u8],
        outbound: &Outbound,
        figures: &mut Figures,
        now: Instant,
    ) -> Result<Told, RtcpParseError> {
        let told = reports::read(datagram, outbound.ssrc)?;
        if let Some(sent_at) = told.sent_at {
            self.last = Some((sent_at, now));
        }
        if let Some(about_us) = told.about_us {
            let AboutUs { fraction_lost, lost, jitter, .. } = about_us;
            figures.is_reported = true;
            figures.sent.loss_percent = f64::from(fraction_lost) / 2.56;
            figures.sent.lost = lost.into();
            figures.sent.jitter_ms = outbound.ticks_ms(jitter);
            figures.round_trip_ms = about_us.round_trip_ms(self.clock.middle(now)).or(figures.round_trip_ms);
        }
        Ok(told)
    }
}

/// A random time around a mean: 0.5 to 1.5 times, so that peers do not report in step.
fn interval(mean: Duration) -> Duration {
    mean.mul_f64(0.5 + fastrand::f64())
}

fn in_65536ths(time: Duration) -> u32 {
    (time.as_secs_f64() * 65_536.0) as u32
}
