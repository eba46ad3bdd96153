//! Prompts: played to their end, cancelled, or not audio at all.

use call_server_browser::{Complaints, Page, Prompts, Result, Tone, visit};
use serde_json::Value;
use thirtyfour::Key;

use crate::state::peak;

#[tokio::test]
async fn a_prompt_is_played_and_cancelled_and_what_is_none_is_told_in_the_words_of_the_api() -> Result<()> {
    let prompts = Prompts::start().await?;
    let certificate = prompts.certificate.to_str().ok_or("a directory that is not UTF-8")?;
    let tones = tempfile::tempdir()?;
    let unheard = Tone { hz: 440, amplitude: 0.5 }.source(tones.path(), "ben")?;
    let call = ["--source", &unheard, "--apart", "ben", "--listener", "anna"];
    let fetched = ["--prompts-from", "127.0.0.1", "--prompts-authority", certificate];
    visit(&[&call[..], &fetched].concat(), Complaints::Forbidden, async |page| {
        page.open().await?;
        page.choose("anna").await?;
        is_played_to_its_end(page, &prompts).await?;
        is_cancelled(page, &prompts).await?;
        play(page, &format!("{}/words.wav", prompts.url)).await?;
        let told = "return document.querySelector('#prompt-error').textContent || null";
        let told = page.until("it is said what was wrong", told).await?;
        assert!(told.as_str().is_some_and(|told| told.starts_with("the prompt is no WAV")), "{told}");
        Ok(())
    })
    .await
}

async fn is_played_to_its_end(page: &Page, prompts: &Prompts) -> Result<()> {
    page.completes(async || {
        play(page, &format!("{}/400.wav", prompts.url)).await?;
        page.until_state("the prompt is heard", is_heard).await.map(drop)
    })
    .await?;
    ended(page, "heard to its end after").await
}

async fn is_cancelled(page: &Page, prompts: &Prompts) -> Result<()> {
    page.find("#prompt-loop").await?.send_keys(" ").await?;
    play(page, &format!("{}/400.wav", prompts.url)).await?;
    let shown = "return document.querySelector('#prompts-panel').dataset.playing === 'true'
        && document.querySelector('.prompt .kind')?.textContent === 'again and again'";
    page.until("the desk shows what plays", shown).await?;
    page.click("#prompt-cancel").await?;
    page.until_state("nothing is heard", |state| peak(state, "anna").is_none()).await?;
    page.until("nothing is shown to play", "return document.querySelector('.prompt') === null").await?;
    ended(page, "cancelled after").await
}

/// Puts the address in the place of the one before, and sends it.
async fn play(page: &Page, uri: &str) -> Result<()> {
    page.find("#prompt-uri").await?.send_keys(Key::Control + "a").await?;
    Ok(page.find("#prompt-uri").await?.send_keys(uri.to_owned() + Key::Enter).await?)
}

fn is_heard(state: &Value) -> bool {
    peak(state, "anna").is_some_and(|peak| (-16.0..-12.0).contains(&peak))
}

/// Waits until the log says of a prompt how it has ended.
async fn ended(page: &Page, how: &str) -> Result<()> {
    let said = format!(
        "return [...document.querySelectorAll('#log .entry')].some((entry) =>
            entry.querySelector('.change').textContent.startsWith('prompt') && entry.querySelector('.outcome').textContent.startsWith('{how}'))"
    );
    page.until(&format!("a prompt was {how} so long"), &said).await.map(drop)
}
