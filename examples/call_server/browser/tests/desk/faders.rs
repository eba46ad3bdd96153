//! The faders, moved by keyboard as without a mouse.

use call_server_browser::{Complaints, Page, Result, visit};
use serde_json::json;
use thirtyfour::{Key, WebElement};

use crate::state::{listed, pair};

const FADER: &str = "#strips input[type=range]";

#[tokio::test]
async fn a_fader_moved_by_keyboard_sends_a_request_that_is_in_force_once_it_is_shown_as_completed() -> Result<()> {
    visit(&[], Complaints::Forbidden, async |page| {
        page.open().await?;
        let (listener, source) = pair(&page.state().await?);
        let fader = page.find(FADER).await?;
        page.completes(async || Ok(fader.send_keys(Key::Home).await?)).await?;
        page.until_state("the source is at 0 %", |state| level(state, &listener, &source) == Some(0)).await?;
        page.completes(async || Ok(fader.send_keys(Key::Right + Key::Right + Key::Right).await?)).await?;
        page.until_state("the source is at 3 %", |state| level(state, &listener, &source) == Some(3)).await?;
        check_words(&fader, "3 %").await?;
        let change = page.script("return document.querySelector('#log .entry').textContent", vec![]).await?;
        assert!(change.as_str().is_some_and(|text| text.contains("completed in")), "{change}");
        page.completes(async || Ok(page.find("#strips .unlist:not([hidden])").await?.send_keys(Key::Enter).await?))
            .await?;
        page.until_state("the source is not listed", |state| listed(state, &listener, &source).is_none()).await?;
        check_words(&fader, "100 %, not listed").await
    })
    .await
}

#[tokio::test]
async fn the_desk_shows_changes_of_other_clients() -> Result<()> {
    visit(&[], Complaints::Forbidden, async |page| {
        page.open().await?;
        let (listener, source) = pair(&page.state().await?);
        configure_elsewhere(page, &listener, &source, 42).await?;
        let words = format!("return document.querySelector('{FADER}').getAttribute('aria-valuetext') === '42 %'");
        page.until("the fader stands where others have put it", &words).await?;
        assert_eq!(page.find(FADER).await?.prop("value").await?.as_deref(), Some("42"));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_fader_that_is_dragged_sends_ten_requests_a_second_at_most_and_the_last_value() -> Result<()> {
    visit(&[], Complaints::Forbidden, async |page| {
        page.open().await?;
        let (listener, source) = pair(&page.state().await?);
        let drag = "const [fader, done] = arguments;
            let at = 0;
            const timer = setInterval(() => {
                fader.value = at;
                fader.dispatchEvent(new Event('input'));
                at += 1;
                if (at <= 60) return;
                clearInterval(timer);
                done(null);
            }, 16);";
        let fader = page.find(FADER).await?;
        let begin = std::time::Instant::now();
        page.completes(async || Ok(page.driver.execute_async(drag, vec![fader.to_json()?]).await.map(drop)?)).await?;
        page.until_state("the last value is in force", |state| level(state, &listener, &source) == Some(60)).await?;
        let sent = "return performance.getEntriesByType('resource')
            .filter(({ name }) => name.endsWith('/configureMixer')).length";
        let sent = page.script(sent, vec![]).await?;
        let most = begin.elapsed().as_millis() as u64 / 100 + 1;
        assert!(sent.as_u64().is_some_and(|sent| (2..=most).contains(&sent)), "{sent} requests, at most {most}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_fader_keeps_its_position_while_it_is_dragged() -> Result<()> {
    visit(&[], Complaints::Forbidden, async |page| {
        page.open().await?;
        let (listener, source) = pair(&page.state().await?);
        let fader = page.find(FADER).await?;
        fader.scroll_into_view().await?;
        // From the middle of the fader a tenth of its width to the left.
        let tenth = fader.rect().await?.width as i64 / 10;
        let hand = page.driver.action_chain().move_to_element_center(&fader).click_and_hold();
        page.completes(async || Ok(hand.move_by_offset(-tenth, 0).perform().await?)).await?;
        let held = "return document.querySelector('#strips .number').textContent";
        let held = page.script(held, vec![]).await?;
        let percent = held.as_str().and_then(|text| text.strip_suffix(" %")).ok_or("no percent")?.parse::<i64>()?;
        assert!((36..=43).contains(&percent), "{percent} %");
        page.until_state("the level is in force", |state| level(state, &listener, &source) == Some(percent)).await?;
        configure_elsewhere(page, &listener, &source, 7).await?;
        page.until_state("others have put it at 7 %", |state| level(state, &listener, &source) == Some(7)).await?;
        tokio::time::sleep(std::time::Duration::from_millis(1000)).await;
        assert_eq!(fader.prop("value").await?, Some(percent.to_string()));
        page.driver.action_chain().release().perform().await?;
        page.until("it follows, once it is let go", &format!("return document.querySelector('{FADER}').value === '7'"))
            .await?;
        Ok(())
    })
    .await
}

fn level(state: &serde_json::Value, listener: &str, source: &str) -> Option<i64> {
    listed(state, listener, source)?["level"].as_i64()
}

async fn check_words(fader: &WebElement, words: &str) -> Result<()> {
    assert_eq!(fader.attr("aria-valuetext").await?.as_deref(), Some(words));
    Ok(())
}

/// Sends a request as another client would.
async fn configure_elsewhere(page: &Page, listener: &str, source: &str, level: i64) -> Result<()> {
    let levels = json!([{"participant": source, "level": level}]);
    page.configure(json!([{"participant": listener, "sourceLevels": levels}])).await
}
