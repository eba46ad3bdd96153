//! A source without a route is shown as such, whatever its fader says.

use std::time::Duration;

use call_server_browser::{Complaints, Page, Result, Tone, visit};
use serde_json::{Value, json};

use crate::state::peak;

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
        listen_to(page, "here").await?;
        says_why(page).await?;
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

/// The strip of a source whose fader is at 100, and which does not reach the listener.
async fn says_why(page: &Page) -> Result<()> {
    page.choose("agent").await?;
    let shown = "const strips = [...document.querySelectorAll('.strip')];
        const strip = strips.find((strip) => strip.querySelector('.name').textContent === 'here');
        return strip?.dataset.routed === 'false' && strip.dataset.listed === 'true'
            && [strip.querySelector('input').ariaValueText, strip.querySelector('.route').textContent]";
    let shown = page.until("a source at 100 % is shown without a route", shown).await?;
    assert_eq!(shown, json!(["100 %, no route: it has no role", "no route: it has no role"]));
    Ok(())
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
