//! The figures of the mixer and the runner for Prometheus: `/metrics`. They contain no ids of
//! participants.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    body::Bytes,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};
use mixminus::{Export, Exporter, http::JwksReadings};

use super::{Web, cluster, people};

/// How long the same figures are good enough.
const PERIOD: Duration = Duration::from_millis(100);

/// The recorder keeps the figures between scrapes. It is not the process-wide one, so figures of
/// other parts of the program are not included.
pub struct Metrics {
    recorder: PrometheusRecorder,
    exporter: Exporter,
    /// The newest text, and when it was made.
    newest: Mutex<Option<(Instant, Bytes)>>,
}

impl Metrics {
    pub fn new() -> Self {
        let recorder = PrometheusBuilder::new().build_recorder();
        let exporter = metrics::with_local_recorder(&recorder, || Exporter::new("call_server", Export::Mixer));
        Self { recorder, exporter, newest: Mutex::default() }
    }

    /// The newest figures: everybody may ask, without a token, so they are made ten times a second at most.
    fn newest(&self, web: &Web) -> Bytes {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        match &*newest {
            Some((at, text)) if at.elapsed() < PERIOD => text.clone(),
            _ => {
                let text = Bytes::from(self.scrape(web));
                *newest = Some((Instant::now(), text.clone()));
                text
            }
        }
    }

    /// Updates the figures and renders them.
    fn scrape(&self, web: &Web) -> String {
        metrics::with_local_recorder(&self.recorder, || {
            self.exporter.record(&web.controller.snapshot());
            people::record(&web.people, &web.webrtc, &web.rtp);
            people::record_outgoing(&web.hearing.readings(), &web.outgoing);
            metrics::counter!("call_server_recording_lost_ticks_total").absolute(web.recorded.lost_ticks());
            if let Some(conference) = &web.conference {
                cluster::record(&conference.readings());
            }
            if let Some(signed) = &web.signed {
                record_keys(&signed.readings());
            }
            if let Some(readings) = web.ticker.readings() {
                self.exporter.record_runner(&readings);
            }
        });
        self.recorder.handle().render()
    }
}

/// How the keys that check tokens are fetched. While that fails, known keys go on for some time.
fn record_keys(readings: &JwksReadings) {
    metrics::counter!("call_server_jwks_fetches_total").absolute(readings.fetches);
    metrics::counter!("call_server_jwks_failures_total").absolute(readings.failures);
    metrics::gauge!("call_server_jwks_failing").set(if readings.failure.is_some() { 1.0 } else { 0.0 });
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").field("exporter", &self.exporter).finish_non_exhaustive()
    }
}

/// The figures in Prometheus' text format.
pub async fn metrics(State(web): State<Arc<Web>>) -> Response {
    let text = web.metrics.newest(&web);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
