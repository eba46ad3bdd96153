//! What the reports of both sides (RTCP) and the library's statistics say of a connection's network.

use std::time::Duration;

use str0m::{
    Event,
    stats::{MediaEgressStats, MediaIngressStats, PeerStats},
};

use super::super::leg::Quality;

/// The ticks of a timestamp in a millisecond.
const TICKS_PER_MS: f64 = 48.0;

/// Takes note of an event that has figures.
pub fn note(quality: &mut Quality, event: &Event) {
    match event {
        Event::PeerStats(figures) => note_peer(quality, figures),
        Event::MediaIngressStats(figures) => note_ingress(quality, figures),
        Event::MediaEgressStats(figures) => note_egress(quality, figures),
        _ => {}
    }
}

fn note_peer(quality: &mut Quality, figures: &PeerStats) {
    keep(&mut quality.round_trip_ms, figures.rtt.map(ms));
    keep(&mut quality.loss_in, figures.ingress_loss_fraction.map(f64::from));
    keep(&mut quality.loss_out, figures.egress_loss_fraction.map(f64::from));
}

fn note_ingress(quality: &mut Quality, figures: &MediaIngressStats) {
    keep(&mut quality.loss_in, figures.loss.map(f64::from));
    quality.jitter_in_ms = Some(f64::from(figures.jitter) / TICKS_PER_MS);
}

fn note_egress(quality: &mut Quality, figures: &MediaEgressStats) {
    keep(&mut quality.round_trip_ms, figures.rtt.map(ms));
    keep(&mut quality.loss_out, figures.loss.map(f64::from));
    let jitter = figures.remote.as_ref().map(|remote| f64::from(remote.jitter) / TICKS_PER_MS);
    keep(&mut quality.jitter_out_ms, jitter);
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// A report that does not come leaves the last figure.
fn keep(figure: &mut Option<f64>, new: Option<f64>) {
    if new.is_some() {
        *figure = new;
    }
}
