//! Whether the mixer ticks, and what people hear is encoded: `/healthz`.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use mixminus::cluster::{Conference, LinkHealth};
use serde_json::json;

use super::Web;
use crate::room::Ticker;

/// The interval and the number of reads of the tick counter: on a busy machine a tick of 10 ms can
/// be late.
const INTERVAL: Duration = Duration::from_millis(10);
const READS: usize = 50;

/// 200 as soon as the mixer ticks, 503 if it does not tick for half a second, or if nothing is encoded any more. Which other
/// servers are lost is told, and no fault of this one.
pub async fn health(State(web): State<Arc<Web>>) -> Response {
    let (code, status) = match is_ticking(&web.ticker).await {
        false => (StatusCode::SERVICE_UNAVAILABLE, "the mixer does not tick"),
        true if !web.encoding.is_running() => (StatusCode::SERVICE_UNAVAILABLE, "nothing is encoded"),
        true => (StatusCode::OK, "ok"),
    };
    let lost = web.conference.as_ref().map(lost);
    let health = match lost {
        Some(lost) => json!({ "status": status, "lost": lost }),
        None => json!({ "status": status }),
    };
    (code, Json(health)).into_response()
}

/// The other servers of the cluster that are lost: this one goes on without them.
fn lost(conference: &Conference) -> Vec<String> {
    let links = conference.readings().links.into_iter();
    links.filter(|link| link.health == LinkHealth::Lost).map(|link| link.node).collect()
}

async fn is_ticking(ticker: &Ticker) -> bool {
    let ticks = || ticker.readings().map(|readings| readings.ticks);
    let before = ticks();
    for _ in 0..READS {
        tokio::time::sleep(INTERVAL).await;
        let now = ticks();
        if now != before {
            return now.is_some();
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use mixminus::{
        MixerConfig,
        stream::{Runner, RunnerOptions},
    };

    #[tokio::test]
    async fn health_is_good_until_the_ticks_end() {
        let (_controller, processor) = MixerConfig::default().build().unwrap();
        let ticker = Ticker::new(Runner::start(processor, RunnerOptions::default(), |_| {}).unwrap());
        assert!(is_ticking(&ticker).await);
        ticker.stop().unwrap();
        assert!(!is_ticking(&ticker).await);
        assert!(ticker.stop().is_ok(), "once more stops nothing");
    }

    #[tokio::test]
    async fn health_is_bad_after_a_panic_of_the_runner() {
        let (_controller, processor) = MixerConfig::default().build().unwrap();
        let ticker = Ticker::new(Runner::start(processor, RunnerOptions::default(), |_| panic!("on purpose")).unwrap());
        assert!(!is_ticking(&ticker).await);
        assert!(ticker.stop().is_err());
    }
}
