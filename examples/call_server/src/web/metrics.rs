//! The figures of the mixer and the runner for Prometheus: `/metrics`. They contain no ids of
//! participants.

use std::{fmt, sync::Arc};

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};
use mixminus::{Export, Exporter};

use super::{Web, people};

/// The recorder keeps the figures between scrapes. It is not the process-wide one, so figures of
/// other parts of the program are not included.
pub struct Metrics {
    recorder: PrometheusRecorder,
    exporter: Exporter,
}

impl Metrics {
    pub fn new() -> Self {
        let recorder = PrometheusBuilder::new().build_recorder();
        let exporter = metrics::with_local_recorder(&recorder, || Exporter::new("call_server", Export::Mixer));
        Self { recorder, exporter }
    }

    /// Updates the figures and renders them.
    fn scrape(&self, web: &Web) -> String {
        metrics::with_local_recorder(&self.recorder, || {
            self.exporter.record(&web.controller.snapshot());
            people::record(&web.people, &web.webrtc, &web.rtp);
            people::record_outgoing(&web.hearing.readings(), &web.outgoing);
            metrics::counter!("call_server_recording_lost_ticks_total").absolute(web.recorded.lost_ticks());
            if let Some(readings) = web.ticker.readings() {
                self.exporter.record_runner(&readings);
            }
        });
        self.recorder.handle().render()
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").field("exporter", &self.exporter).finish_non_exhaustive()
    }
}

/// The figures in Prometheus' text format.
pub async fn metrics(State(web): State<Arc<Web>>) -> Response {
    let text = web.metrics.scrape(&web);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
