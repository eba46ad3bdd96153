//! Listening in, measured at the samples that go to the loudspeakers.

use call_server_browser::{Complaints, Page, Result, visit};
use thirtyfour::Key;

/// The RMS above which there is sound, and below which there is silence: -50 and -74 dBFS.
const SOUND: f64 = 0.003;
const SILENCE: f64 = 0.0002;

#[tokio::test]
async fn exclusive_mode_without_sources_is_silent_and_can_be_switched_off() -> Result<()> {
    visit(&[], Complaints::Forbidden, async |page| {
        page.open().await?;
        unlist_all(page).await?;
        page.find("#listen").await?.click().await?;
        hears(page, "somebody is heard", &format!("rms > {SOUND}")).await?;
        let exclusive = page.find("#exclusive").await?;
        page.completes(async || Ok(exclusive.send_keys(" ").await?)).await?;
        hears(page, "nobody is heard", &format!("rms < {SILENCE} && panel.dataset.playing === 'true'")).await?;
        page.completes(async || Ok(exclusive.send_keys(" ").await?)).await?;
        hears(page, "somebody is heard again", &format!("rms > {SOUND}")).await?;
        page.find("#listen").await?.click().await?;
        page.until("it is off", "return document.querySelector('#listening').dataset.state === 'off'").await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_sound_follows_the_listener_on_the_desk() -> Result<()> {
    visit(&[], Complaints::Forbidden, async |page| {
        page.open().await?;
        page.find("#listen").await?.click().await?;
        page.until("it is on", "return document.querySelector('#listening').dataset.state === 'on'").await?;
        let choose = "[...document.querySelectorAll('.person input:enabled:not(:checked)')].at(-1).click()";
        page.script(choose, vec![]).await?;
        let sockets = "return document.querySelector('#listening').dataset.state === 'on'
            && document.querySelector('#listener-name').textContent
                === document.querySelector('.person:has(input:checked) .name').textContent";
        page.until("the other one is heard", sockets).await?;
        hears(page, "sound goes on", "panel.dataset.playing === 'true'").await
    })
    .await
}

#[tokio::test]
async fn packets_that_pile_up_in_a_stall_are_dropped_and_the_delay_stays_short() -> Result<()> {
    visit(&[], Complaints::Forbidden, async |page| {
        page.open().await?;
        page.find("#listen").await?.click().await?;
        hears(page, "it plays", "panel.dataset.playing === 'true' && panel.dataset.delay > 0").await?;
        // The script blocks the page while its packets come in.
        page.script("const end = performance.now() + 800; while (performance.now() < end);", vec![]).await?;
        hears(page, "the oldest is dropped", "panel.dataset.dropped > 200").await?;
        hears(page, "it plays on", "panel.dataset.playing === 'true' && panel.dataset.delay > 0").await?;
        for _report in 0..10 {
            hears(page, "300 ms wait at most", "panel.dataset.delay <= 300").await?;
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        Ok(())
    })
    .await
}

/// Waits until the played sound meets a condition.
async fn hears(page: &Page, what: &str, condition: &str) -> Result<()> {
    let script = format!(
        "const panel = document.querySelector('#listening');
        const rms = panel.dataset.rms === '' ? NaN : Number(panel.dataset.rms);
        return {condition}"
    );
    page.until(what, &script).await.map(drop)
}

/// Removes all levels of the listener's row, so that it hears everybody at the default.
async fn unlist_all(page: &Page) -> Result<()> {
    let any = "return document.querySelector('#strips .unlist:not([hidden])') !== null";
    while page.script(any, vec![]).await? == true {
        page.completes(async || Ok(page.find("#strips .unlist:not([hidden])").await?.send_keys(Key::Enter).await?))
            .await?;
    }
    Ok(())
}
