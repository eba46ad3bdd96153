//! Connections that are lost: a network that is cut and a browser that is killed.

use call_server_browser::{Person, Result};
use serde_json::{Value, json};
use tokio::{time::Instant, try_join};

use crate::{
    leaving::participant,
    rig::{ALL, AMONG_OTHERS_DB, AT_ANNA, AT_BEN, AT_RECORDING, Conference, SENT_DBFS, SILENT_DB, check, check_near},
};

/// Enough to tell 50 % from 100 %.
const KEPT_DB: f64 = 2.0;

/// For how long somebody may be heard who is cut off, in looks of a second and more: less than the page takes to notice.
const STORED_S: u32 = 4;

/// Ben's network is cut and mended: his page comes back by itself, to the same place and configuration. Cleo's browser is
/// killed at the same time, and its place is kept. Anna hears what is there.
pub async fn a_place_is_kept(conference: &Conference) -> Result<()> {
    let Conference { anna, ben, cleo, relay, .. } = conference;
    conference.configure_exclusive(ben, json!([{"participant": "anna", "level": 50}])).await?;
    conference.configure_exclusive(anna, json!([{"participant": "ben"}])).await?;
    let (by_anna, by_ben) = try_join!(anna.hears(&ALL), ben.hears(&ALL))?;
    cleo.kill()?;
    relay.impair(100, 0);
    let begin = Instant::now();
    let mut during = anna.hears(&ALL).await?;
    // A browser on a busy machine has a second of sound in store, and plays that first.
    for _look in 1..STORED_S {
        if during[AT_BEN] < by_anna[AT_BEN] - SILENT_DB {
            break;
        }
        during = anna.hears(&ALL).await?;
    }
    check(during[AT_BEN] < by_anna[AT_BEN] - SILENT_DB, || format!("Ben is cut off, and heard: {during:.1?}"))?;
    ben.until_stage("waiting").await?;
    relay.impair(0, 0);
    println!("         Ben's page notices after {:.1} s", begin.elapsed().as_secs_f64());
    ben.until_stage("in").await?;
    println!("         and is back after {:.1} s", begin.elapsed().as_secs_f64());
    let (by_anna_then, by_ben_then) = try_join!(anna.hears(&ALL), ben.hears(&ALL))?;
    check_near("Ben is back", &by_anna_then, &by_anna, &[AT_BEN], KEPT_DB)?;
    check_near("Ben hears", &by_ben_then, &by_ben, &[AT_ANNA], KEPT_DB)?;
    until(anna, "cleo", json!("lost")).await
}

/// Then Cleo's place is free; for who is still there nothing has changed.
pub async fn a_place_is_freed(conference: &Conference) -> Result<()> {
    let Conference { anna, .. } = conference;
    until(anna, "cleo", Value::Null).await?;
    let levels = anna.hears(&ALL).await?;
    check(levels[AT_RECORDING] > SENT_DBFS - AMONG_OTHERS_DB, || format!("Anna hears {levels:.1?}"))
}

/// Waits until the connection of somebody has a stage, null when it is gone.
async fn until(seen_by: &Person, id: &str, stage: Value) -> Result<()> {
    let has_it = |state: &Value| {
        let seen = participant(state, id).map(|one| one["connection"]["stage"].clone());
        seen.unwrap_or_default() == stage
    };
    seen_by.tab.until_state(&format!("{id} is {stage}"), has_it).await.map(drop)
}
