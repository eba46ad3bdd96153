//! The ducking settings of a listener: wrong values are shown in the page and never sent.

use call_server_browser::{Complaints, Page, Result, visit};
use serde_json::{Value, json};
use thirtyfour::Key;

use crate::state::{listed, pair, row};

#[tokio::test]
async fn the_page_refuses_wrong_numbers_and_sends_right_ones() -> Result<()> {
    visit(&[], Complaints::Forbidden, async |page| {
        page.open().await?;
        let (listener, _) = pair(&page.state().await?);
        switch_on(page).await?;
        page.completes(async || type_in(page, "upperLevel", "50").await).await?;
        let limited =
            |state: &Value| row(state, &listener).is_some_and(|row| row["ducking"]["upperLevel"] == json!(50));
        let before = ducking(&page.until_state("at 50 % otherwise", limited).await?, &listener);
        for (field, wrong, words) in [
            ("lowerLevel", "90", "may not be over"),
            ("lowerLevel", "101", "from 0 to 100"),
            ("lowerLevel", "", "whole number"),
            ("rampActive", "5001", "from 0 to 5000"),
            ("rampInactive", "1.5", "whole number"),
        ] {
            type_in(page, field, wrong).await?;
            let told = page.find("#ducking-error").await?.text().await?;
            assert!(told.contains(words), "{field} {wrong}: {told:?}");
            assert_eq!(page.find(&format!("#{field}")).await?.attr("aria-invalid").await?.as_deref(), Some("true"));
            page.find("#ducking-revert").await?.click().await?;
            assert_eq!(page.find("#ducking-error").await?.text().await?, "");
        }
        let sent = page.script("return document.querySelectorAll('#log .entry').length", vec![]).await?;
        assert_eq!(sent, json!(1), "one request for all of this, the one before it");
        assert_eq!(ducking(&page.state().await?, &listener), before);
        page.completes(async || type_in(page, "lowerLevel", "5").await).await?;
        let ducked_to =
            |state: &Value| row(state, &listener).is_some_and(|row| row["ducking"]["lowerLevel"] == json!(5));
        page.until_state("ducked to 5 %", ducked_to).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_ducking_source_switches_ducking_on_and_switching_it_off_clears_the_sources() -> Result<()> {
    visit(&[], Complaints::Forbidden, async |page| {
        page.open().await?;
        let (listener, source) = pair(&page.state().await?);
        switch_off(page).await?;
        let ducks = page.find("#strips .ducks input").await?;
        page.completes(async || Ok(ducks.send_keys(" ").await?)).await?;
        let is_on = |state: &Value| {
            listed(state, &listener, &source).is_some_and(|entry| entry["duckOthers"] == json!(true))
                && row(state, &listener).is_some_and(|row| row["ducking"].is_object())
        };
        page.until_state("the source ducks others", is_on).await?;
        switch_off(page).await?;
        let is_off = |state: &Value| {
            listed(state, &listener, &source).is_none_or(|entry| entry["duckOthers"] != json!(true))
                && row(state, &listener).is_some_and(|row| !row["ducking"].is_object())
        };
        page.until_state("nobody ducks", is_off).await?;
        assert!(!ducks.is_selected().await?);
        Ok(())
    })
    .await
}

async fn switch_on(page: &Page) -> Result<()> {
    toggle(page, true).await
}

async fn switch_off(page: &Page) -> Result<()> {
    toggle(page, false).await
}

/// Switches ducking on or off by keyboard, unless it is so already.
async fn toggle(page: &Page, on: bool) -> Result<()> {
    let switch = page.find("#ducking-on").await?;
    if switch.is_selected().await? != on {
        page.completes(async || Ok(switch.send_keys(" ").await?)).await?;
    }
    Ok(())
}

/// Types a value over the old one, and moves on to the next field.
async fn type_in(page: &Page, field: &str, text: &str) -> Result<()> {
    let input = page.find(&format!("#{field}")).await?;
    input.send_keys(Key::Control + "a").await?;
    input.send_keys(Key::Delete + text + Key::Tab).await?;
    Ok(())
}

fn ducking(state: &Value, listener: &str) -> Option<Value> {
    row(state, listener).map(|row| row["ducking"].clone())
}
