//! Connections that are lost: a network that is cut and a browser that is killed.

use std::time::Duration;

use call_server_browser::{Person, Result};
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::{
    leaving::participant,
    rig::{ALL, AT_ANNA, AT_BEN, Conference, KEEP_S, SILENT_DB, check, check_near},
};

/// How long the server waits for a packet of somebody before the connection counts as lost, with some time to see it.
const NOTICED: Duration = Duration::from_secs(10 + 3);

/// Enough to tell 50 % from 100 %.
const KEPT_DB: f64 = 2.0;

/// Ben's network is cut and mended: his page comes back by itself, to the same place and configuration. Cleo's browser is
/// killed at the same time: its place is kept, then free. Anna hears what is there.
pub async fn places_are_kept_and_freed(conference: &Conference) -> Result<()> {
    let Conference { anna, ben, cleo, relay, .. } = conference;
    let half = json!([{"participant": "anna", "level": 50}]);
    conference.configure_exclusive(ben, half).await?;
    conference.configure_exclusive(anna, json!([{"participant": "ben"}])).await?;
    let (by_anna, by_ben) = (anna.hears(&ALL).await?, ben.hears(&ALL).await?);
    cleo.kill()?;
    relay.impair(100, 0);
    let begin = Instant::now();
    let during = anna.hears(&ALL).await?;
    check(during[AT_BEN] < by_anna[AT_BEN] - SILENT_DB, || format!("Ben is cut off, and heard: {during:.1?}"))?;
    ben.until_stage("waiting").await?;
    relay.impair(0, 0);
    println!("         Ben's page notices after {:.1} s", begin.elapsed().as_secs_f64());
    ben.until_stage("in").await?;
    println!("         and is back after {:.1} s", begin.elapsed().as_secs_f64());
    let (by_anna_then, by_ben_then) = (anna.hears(&ALL).await?, ben.hears(&ALL).await?);
    check_near("Ben is back", &by_anna_then, &by_anna, &[AT_BEN], KEPT_DB)?;
    check_near("Ben hears", &by_ben_then, &by_ben, &[AT_ANNA], KEPT_DB)?;

    sleep((begin + NOTICED).saturating_duration_since(Instant::now())).await;
    check(stage(anna, "cleo").await? == json!("lost"), || "Cleo's place is not kept".to_owned())?;
    sleep(Duration::from_secs(KEEP_S)).await;
    check(stage(anna, "cleo").await?.is_null(), || "Cleo's place is not freed".to_owned())?;
    check_near("Anna hears", &anna.hears(&ALL).await?, &by_anna, &[AT_BEN], KEPT_DB)
}

async fn stage(seen_by: &Person, id: &str) -> Result<serde_json::Value> {
    let state = seen_by.tab.state().await?;
    Ok(participant(&state, id).map(|one| one["connection"]["stage"].clone()).unwrap_or_default())
}
