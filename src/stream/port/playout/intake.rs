//! How packets come into a [`Playout`]: which are of use, and where the head goes that plays them.

use super::{
    Playout,
    arrivals::Standing,
    coverage::Span,
    packet::{Kind, Packet},
    voice::Voice,
};

/// The delay may be shorter than wanted by so much for a time.
const HARDLY_MS: f64 = 5.0;
/// A gap that is longer is a pause of the sender, if its packets do not tell.
const PAUSE_MS: f64 = 200.0;
/// A sender that sends nothing for so long has held, if no more than the other comes then.
const REST_MS: f64 = 1000.0;
const REST_CONTENT_MS: f64 = 120.0;
/// How long a network is believed to lose packets after it lost one.
const LOSSY_MS: f64 = 5000.0;

impl Playout {
    pub(super) fn standing(&self, packet: &Packet) -> Standing {
        let dry = self.dry > 0 && self.coverage.first().is_none();
        let most = self.figures.bound as i64;
        let least = if self.target.knows() { self.target.least() } else { self.now.wrapping_sub(packet.start) as i64 };
        Standing { now: self.now, head: self.head, least, most, dry }
    }

    /// The stream begins with this packet, or begins anew.
    pub(super) fn begin(&mut self, packet: &Packet) {
        if self.target.knows() {
            self.counts.resyncs += 1;
            self.counts.dropped_samples += self.coverage.clear();
        }
        self.target.restart();
        self.regulator.restart();
        self.go_to(packet.start - self.figures.least as u64);
    }

    /// The sender leapt ahead: the stream begins anew with its next samples, which are there.
    pub(super) fn begin_ahead(&mut self, start: u64) {
        self.begin_anew(start, self.target.least());
    }

    /// The stream begins anew with samples that are there; `transit` is that of their packet.
    fn begin_anew(&mut self, start: u64, transit: i64) {
        self.counts.resyncs += 1;
        self.target.restart();
        self.regulator.restart();
        self.target.see(transit);
        self.go_to(self.now.wrapping_sub(self.target.lag() as u64).min(start));
    }

    /// The head goes elsewhere, without a crossfade.
    fn go_to(&mut self, position: u64) {
        if matches!(self.voice, Voice::Store | Voice::Slip) {
            let audible = self.concealment.begin();
            self.voice = if audible { Voice::Concealment } else { Voice::Silence };
        }
        (self.head, self.since, self.fade) = (position, position, None);
        (self.dry, self.unsure, self.paused, self.leapt) = (0, 0, false, false);
    }

    /// Whether there is room for a packet.
    pub(super) fn is_within(&self, packet: &Packet) -> bool {
        packet.end() <= self.head + (self.figures.bound + self.figures.longest_packet) as u64
    }

    /// If a packet waited longer than the bound, the oldest samples are dropped until the delay is what is wanted.
    pub(super) fn leave_behind(&mut self, packet: &Packet) {
        if packet.start <= self.head + self.figures.bound as u64 {
            return;
        }
        let transit = self.now.wrapping_sub(packet.start) as i64;
        let lag = self.target.lag().clamp(transit + self.figures.least as i64, transit + self.figures.most as i64);
        let head = self.now.wrapping_sub(lag as u64).min(packet.start).max(self.head);
        // After a pause nothing is there to be dropped.
        let dropped = self.coverage.forget(head);
        self.counts.overruns += u64::from(dropped > 0);
        self.counts.dropped_samples += dropped;
        self.go_to(head);
        self.regulator.restart();
    }

    /// Keeps the samples that the head has not passed and of which less is known.
    pub(super) fn keep(&mut self, packet: &Packet, samples: [&[f32]; 2]) {
        let Packet { start, active, kind, level, .. } = *packet;
        let older = self.arrivals.is_older(packet);
        if packet.arrives && older {
            // It was late, or will be played at its turn.
            (self.lossy_until, self.leapt) = (0, false);
        } else if matches!(kind, Kind::Concealed | Kind::Recovered) {
            self.note_loss();
        }
        self.paused |= packet.arrives && packet.paused;
        let span = Span { start: start.max(self.head), end: packet.end(), kind, active, level };
        let known = self.coverage.known(span.start);
        let store = &mut self.store;
        let brought = self.coverage.cover(span, |from, to| {
            if kind != Kind::Noted {
                let [first, last] = [from, to].map(|position| (position - start) as usize);
                store.write(from, samples, first, last);
            }
        });
        self.counts.dropped_samples += brought.dropped;
        if packet.arrives {
            let twice = known.is_some_and(|known| known == Kind::Noted || known >= Kind::Real);
            self.counts.duplicates += u64::from(brought.new == 0 && twice);
            self.counts.reordered += u64::from(brought.new > 0 && older);
        }
    }

    /// Packets that are missing from now on will be lost too, more likely than late.
    pub(super) fn note_loss(&mut self) {
        self.lossy_until = self.now + (LOSSY_MS * self.ms) as u64;
    }

    /// Whether the sender held for long, and its stamps with it: then the stream begins anew where it goes on. After a
    /// stall of the network more would have come at once.
    fn has_rested(&self, next: u64) -> bool {
        let content = self.coverage.end().map_or(0, |end| end - next);
        self.dry as f64 > REST_MS * self.ms && content <= (REST_CONTENT_MS * self.ms) as u64
    }

    /// All packets since the last read are in. If samples were missing, what came tells whether they were lost, or late.
    pub(super) fn settle(&mut self) {
        let Some(next) = self.coverage.first_sent().filter(|_| self.dry > 0) else { return };
        let gap = next.saturating_sub(self.head);
        if gap == 0 && self.has_rested(next) {
            return self.begin_anew(next, self.now.wrapping_sub(next) as i64);
        }
        if gap > 0 {
            // They were lost, or not sent: what was played instead of them counts.
            let passed = gap.min(self.dry + self.spare(gap, self.dry).min(self.dry));
            self.head += passed;
            self.since = self.head;
            self.coverage.forget(self.head);
            self.paused |= self.dry as f64 > PAUSE_MS * self.ms;
            if !self.paused {
                self.counts.lost_samples += passed;
                self.note_loss();
            }
        }
        self.counts.concealed_samples += if gap > 0 && self.paused { 0 } else { self.unsure };
        (self.dry, self.unsure) = (0, 0);
    }

    /// By how much a gap may be shorter than what is missing, once `dry` samples have been played in its place: by up to
    /// half if the delay is longer than wanted, and by a tenth as long as it is hardly shorter.
    pub(super) fn spare(&self, gap: u64, dry: u64) -> u64 {
        let over = self.lag() - dry as i64 - self.target.lag();
        let hardly = (HARDLY_MS * self.ms) as i64;
        let at_most = |part: u64, over: i64| part.min(u64::try_from(over).unwrap_or(0));
        let lost = if self.now < self.lossy_until { at_most(gap / 10, over + hardly) } else { 0 };
        at_most(gap / 2, over).max(lost)
    }
}
