//! A source without a route is shown as such, whatever its fader says.

use std::time::Duration;

use call_server_browser::{Complaints, Page, Result, Tone, visit};
use serde_json::{Value, json};

use crate::state::peak;

#[tokio::test]
async fn no_route_is_shown_in_spite_of_a_fader_at_100() -> Result<()> {
    let tones = tempfile::tempdir()?;
    let coach = Tone { hz: 440, amplitude: 0.5 }.source(tones.path(), "coach")?;
    let options = ["--source", &coach, "--listener", "anna", "--apart", "coach"];
    visit(&options, Complaints::Forbidden, async |page| {
        page.open().await?;
        page.choose("anna").await?;
        let shown = "const strip = document.querySelector('.strip');
            const fader = strip.querySelector('input');
            return strip.dataset.routed === 'false'
                && [fader.value, fader.ariaValueText, strip.querySelector('.route').textContent]";
        let shown = page.until("the source is shown without a route", shown).await?;
        let why = "no route: apart";
        assert_eq!(shown, json!(["100", format!("100 %, not listed, {why}"), why]));
        let sends = |state: &Value| state["participants"][0]["levelDbfs"].is_number();
        let state = page.until_state("the source sends", sends).await?;
        assert_eq!(peak(&state, "anna"), None);
        Ok(())
    })
    .await
}

/// Each listener hears one source after the other alone, as far as a route leads: tones at -6 dBFS, while hold music has -20.
#[tokio::test]
async fn a_route_is_shown_exactly_where_a_source_is_heard() -> Result<()> {
    let tones = tempfile::tempdir()?;
    let tone = Tone { hz: 440, amplitude: 0.5 };
    let sources: Result<Vec<_>> = EVERYBODY.iter().map(|id| tone.source(tones.path(), id)).collect();
    let sources = sources?;
    let sources = sources.iter().flat_map(|source| ["--source", source]);
    let options: Vec<&str> = sources.chain(ROUTES).collect();
    visit(&options, Complaints::Forbidden, async |page| {
        page.open().await?;
        page.choose("apart").await?;
        page.completes(async || page.click("[aria-label='Whisper to agent']").await).await?;
        page.completes(async || page.click("[aria-label='Hold held']").await).await?;
        for source in EVERYBODY {
            listen_to(page, source).await?;
            let heard = |state: &Value| EVERYBODY.map(|listener| peak(state, listener) > Some(-10.0));
            let shown = vec![page.state().await?, json!(source), json!(EVERYBODY)];
            let shown = page.driver.execute_async(SHOWN, shown).await?;
            let shown: [bool; 6] = serde_json::from_value(shown.json().clone())?;
            page.until_state(&format!("{source} is heard as shown, {shown:?}"), |state| heard(state) == shown).await?;
        }
        Ok(())
    })
    .await
}

const EVERYBODY: [&str; 6] = ["agent", "customer", "apart", "here", "there", "held"];
const ROUTES: [&str; 10] = [
    "--role",
    "agent=agent",
    "--role",
    "customer=customer",
    "--apart",
    "apart",
    "--hears",
    "agent=customer",
    "--hears",
    "customer=customer",
];

/// What the strips of all listeners would say of a source.
const SHOWN: &str = "const [state, source, listeners, done] = arguments;
    const find = (id) => state.participants.find((one) => one.id === id);
    import('/routes.js').then(({ routeOf }) =>
        done(listeners.map((id) => id !== source && routeOf(find(id), find(source), state).leads)));";

/// Everybody hears the source alone, if they hear it; itself hears nobody.
async fn listen_to(page: &Page, source: &str) -> Result<()> {
    let alone = |listener: &&str| {
        let sources = if *listener == source { json!([]) } else { json!([{"participant": source, "level": 100}]) };
        json!({"participant": listener, "exclusive": true, "sourceLevels": sources})
    };
    page.configure(EVERYBODY.iter().map(alone).collect()).await?;
    // What was heard before has faded out.
    tokio::time::sleep(Duration::from_millis(200)).await;
    Ok(())
}
