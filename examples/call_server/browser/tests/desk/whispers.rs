//! A whisper: one click at a name, and one hears what nobody else hears.

use call_server_browser::{Complaints, Page, Result, Tone, visit};
use serde_json::json;

use crate::state::peak;

/// The tone has -6 dBFS.
const LOUD: f64 = -10.0;

#[tokio::test]
async fn a_whisper_is_heard_by_the_agent_and_not_by_the_customer() -> Result<()> {
    let tones = tempfile::tempdir()?;
    let coach = Tone { hz: 440, amplitude: 0.5 }.source(tones.path(), "coach")?;
    let options = ["--source", &coach, "--listener", "agent", "--listener", "customer", "--apart", "coach"];
    visit(&options, Complaints::Forbidden, async |page| {
        page.open().await?;
        page.choose("coach").await?;
        page.completes(async || page.click("[aria-label='Whisper to agent']").await).await?;
        page.until_state("the agent hears the coach", |state| peak(state, "agent") > Some(LOUD)).await?;
        let group = "const group = document.querySelector('.group');
            return group && [...group.querySelectorAll('.name, .sources, .receivers')].map((one) => one.textContent)";
        let group = page.until("the group is shown", group).await?;
        assert_eq!(group, json!(["coach to agent", "\u{2068}coach\u{2069}", "\u{2068}agent\u{2069}"]));
        for _look in 0..10 {
            let state = page.state().await?;
            assert!(peak(&state, "agent").is_some() && peak(&state, "customer").is_none(), "{state}");
        }
        is_routed(page, "customer", false).await?;
        is_routed(page, "agent", true).await?;
        page.completes(async || page.click("[aria-label='End the group coach to agent']").await).await?;
        page.until_state("the agent hears nobody", |state| peak(state, "agent").is_none()).await?;
        is_routed(page, "agent", false).await
    })
    .await
}

/// Waits until the strip of the coach says whether it is heard.
async fn is_routed(page: &Page, listener: &str, routed: bool) -> Result<()> {
    page.choose(listener).await?;
    let is = format!("return document.querySelector('.strip')?.dataset.routed === '{routed}'");
    page.until(&format!("a route from the coach to {listener}: {routed}"), &is).await.map(drop)
}
