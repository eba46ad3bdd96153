//! A source without a route is shown as such, whatever its fader says.

use call_server_browser::{Complaints, Result, Tone, visit};
use serde_json::json;

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
        let why = "no route: \u{2068}coach\u{2069} is apart";
        assert_eq!(shown, json!(["100", format!("100 %, not listed, {why}"), why]));
        let sends = |state: &serde_json::Value| state["participants"][0]["levelDbfs"].is_number();
        let state = page.until_state("the source sends", sends).await?;
        assert_eq!(peak(&state, "anna"), None);
        Ok(())
    })
    .await
}
