//! Leaving: by a button, by another who takes the place, and by a page that goes.

use call_server_browser::{Person, Result};
use serde_json::Value;

use crate::rig::{Conference, check};

/// Ben comes as Anna, after a warning; Anna is told so, and can come back.
pub async fn a_second_connection_takes_the_place(conference: &Conference) -> Result<()> {
    let Conference { anna, ben, .. } = conference;
    ben.leave().await?;
    gone(anna, "ben").await?;
    ben.join_as("tutor").await?;
    let told = ben.told().await?;
    check(told.contains("“tutor” is a recording of this call"), || told.clone())?;
    ben.join_as("anna").await?;
    let told = ben.told().await?;
    check(told.contains("Somebody is in the call as “anna”"), || told.clone())?;
    ben.join_as("anna").await?;
    ben.until_stage("in").await?;
    anna.until_stage("taken").await?;
    let told = anna.told().await?;
    check(told.starts_with("Somebody else has come under your name"), || told.clone())?;
    ben.leave().await?;
    gone(anna, "anna").await?;
    anna.join().await?;
    ben.join().await
}

/// Who closes the page, or goes elsewhere with it, has left at once.
pub async fn a_page_that_goes_leaves(conference: &Conference) -> Result<()> {
    let Conference { anna, ben, .. } = conference;
    ben.tab.driver.goto("about:blank").await?;
    gone(anna, "ben").await
}

/// Waits until a page does not show somebody any more.
async fn gone(seen_by: &Person, id: &str) -> Result<()> {
    let is_gone =
        format!("return [...document.querySelectorAll('.person .name')].every((name) => name.textContent !== '{id}')");
    seen_by.tab.until(&format!("{id} is gone"), &is_gone).await.map(drop)
}

/// A participant in a state.
pub fn participant<'a>(state: &'a Value, id: &str) -> Option<&'a Value> {
    state["participants"].as_array()?.iter().find(|participant| participant["id"] == id)
}
