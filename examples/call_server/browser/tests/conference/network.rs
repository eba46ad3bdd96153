//! A network that loses and delays packets.

use std::time::Duration;

use call_server_browser::Result;
use serde_json::json;
use tokio::{time::sleep, try_join};

use crate::{
    leaving::participant,
    rig::{ALL, AT_ANNA, AT_BEN, BEN, Conference, check, check_near},
};

const LOSS_PERCENT: u32 = 5;
const JITTER_MS: u32 = 60;
/// A busy machine adds to it.
const LEAST_JITTER_MS: f64 = 5.0;
/// How long the network is bad before anything is measured: reports (RTCP) come every two seconds, and buffers grow.
const SETTLE: Duration = Duration::from_secs(4);
/// How far the level of a tone may be off that is heard alone, in the median: what is concealed is quieter.
const LEVEL_DB: f64 = 3.0;
/// What part of the time Ben has to be heard within 6 dB, and may.
const HEARD: f64 = 0.9;

/// Ben's packets are lost and late both ways: he is still heard at his level nearly all the time, and hears the others;
/// the desk tells the loss and the jitter.
pub async fn loss_and_jitter_are_borne(conference: &Conference) -> Result<()> {
    let Conference { anna, ben, relay, .. } = conference;
    relay.impair(0, 0);
    conference.configure_exclusive(anna, json!([{"participant": "ben"}])).await?;
    conference.configure_exclusive(ben, json!([{"participant": "anna"}])).await?;
    let (before, by_ben) = try_join!(anna.hears(&ALL), ben.hears(&ALL))?;
    relay.impair(LOSS_PERCENT, JITTER_MS);
    let (passed, lost) = relay.counts();
    sleep(SETTLE).await;
    let (during, by_ben_then) = try_join!(anna.hears(&ALL), ben.hears(&ALL))?;
    let looks = anna.follows(BEN, 2500).await?;
    let state = anna.tab.state().await?;
    let (passed_then, lost_then) = relay.counts();
    relay.impair(0, 0);
    conference.configure(anna, json!([])).await?;
    conference.configure(ben, json!([])).await?;

    let full = 10_f64.powf(before[AT_BEN] / 20.0);
    let heard = looks.iter().filter(|(_, amplitude)| *amplitude > full / 2.0).count() as f64 / looks.len() as f64;
    let change = during[AT_BEN] - before[AT_BEN];
    let connection = participant(&state, "ben").map(|ben| ben["connection"].clone()).unwrap_or_default();
    println!(
        "         {} of {} packets are lost; Ben is heard {change:+.2} dB louder, {:.1} % of the time; {connection}",
        lost_then - lost,
        lost_then - lost + passed_then - passed,
        heard * 100.0
    );
    check(change.abs() < LEVEL_DB, || format!("Ben is heard {change:.2} dB louder"))?;
    check(heard > HEARD, || format!("Ben is heard {:.1} % of the time", heard * 100.0))?;
    check_near("Ben hears", &by_ben_then, &by_ben, &[AT_ANNA], LEVEL_DB)?;
    let figure = |name: &str| connection[name].as_f64().unwrap_or(-1.0);
    check((0.005..0.15).contains(&figure("lossIn")), || format!("the loss of {LOSS_PERCENT} % is told: {connection}"))?;
    check(figure("jitterInMs") > LEAST_JITTER_MS, || format!("jitter up to {JITTER_MS} ms is told: {connection}"))
}
