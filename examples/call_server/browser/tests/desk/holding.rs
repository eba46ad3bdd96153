//! Hold and return, by the button at a name.

use call_server_browser::{Complaints, Page, Result, Tone, visit};

use crate::state::peak;

/// The tone is 14 dB over the hold music.
const TONE: f64 = -7.0;
const MUSIC: f64 = -19.0;

#[tokio::test]
async fn who_is_on_hold_is_seen_and_hears_the_music_alone() -> Result<()> {
    let tones = tempfile::tempdir()?;
    let ben = Tone { hz: 440, amplitude: 0.5 }.source(tones.path(), "ben")?;
    let options = ["--source", &ben, "--listener", "anna"];
    visit(&options, Complaints::Forbidden, async |page| {
        page.open().await?;
        page.choose("anna").await?;
        page.until_state("anna hears ben", |state| peak(state, "anna") > Some(TONE)).await?;
        page.completes(async || page.click("[aria-label='Hold anna']").await).await?;
        let is_music = |peak: Option<f64>| peak.is_some_and(|peak| peak < MUSIC);
        page.until_state("anna hears music", |state| is_music(peak(state, "anna"))).await?;
        sees(page, true).await?;
        let strips = "const strips = [...document.querySelectorAll('.strip')];
            const of = (id) => strips.find((strip) => strip.querySelector('.name').textContent === id)?.dataset.routed;
            return of('ben') === 'false' && of('$holdMusic') === 'true'";
        page.until("only the music has a route", strips).await?;
        page.completes(async || page.click("[aria-label='Resume anna']").await).await?;
        page.until_state("anna hears ben again", |state| peak(state, "anna") > Some(TONE)).await?;
        sees(page, false).await
    })
    .await
}

/// Whether everybody who looks at the desk sees who is on hold.
async fn sees(page: &Page, is_held: bool) -> Result<()> {
    let (said, held) = if is_held { ("on hold", "anna") } else { ("only listens", "nobody") };
    let seen = format!(
        "const row = [...document.querySelectorAll('.person')].find((row) => row.querySelector('.name').textContent === 'anna');
        return row.dataset.held === '{is_held}' && row.querySelector('.said').textContent === '{said}'
            && document.querySelector('#held').textContent === '{held}'
            && document.querySelector('#on-hold').hidden === {}",
        !is_held
    );
    page.until("the desk says who is on hold", &seen).await.map(drop)
}
