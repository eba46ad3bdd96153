//! Joining the call in a browser that has no microphone to give.

use call_server_browser::{Complaints, Result, visit};
use serde_json::json;

#[tokio::test]
async fn without_a_microphone_one_is_told_why_and_can_listen() -> Result<()> {
    visit(&[], Complaints::Forbidden, async |page| {
        page.open().await?;
        page.find("#join").await?.click().await?;
        let told = "const told = document.querySelector('#me-error').textContent;
            return /microphone/.test(told) && !document.querySelector('#join-silent').hidden";
        page.until("it is said that there is no microphone", told).await?;
        page.find("#join-silent").await?.click().await?;
        page.until("the guest is in", "return document.querySelector('#me').dataset.stage === 'in'").await?;
        page.until("its mix is on the desk", "return document.querySelector('#listener-name').textContent === 'guest'")
            .await?;
        let heard = "return document.querySelector('#hear-meter').ariaValueNow > -50
            && document.querySelector('#me-hears').textContent.startsWith('You hear')";
        page.until("somebody is heard", heard).await?;
        let offered = "return document.querySelector('#mute').checkVisibility()";
        assert_eq!(page.script(offered, vec![]).await?, json!(false), "there is nothing to mute");
        page.find("#leave").await?.click().await?;
        page.until("the form is back", "return document.querySelector('#join').checkVisibility()").await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn names_that_cannot_be_are_refused_before_the_microphone_is_asked_for() -> Result<()> {
    visit(&[], Complaints::Forbidden, async |page| {
        page.open().await?;
        for (name, words) in [
            ("", "Say by which name"),
            ("..", "Dots alone"),
            ("speaker", "“speaker” is a recording of this call"),
            (&"ü".repeat(129), "at most 256 bytes"),
        ] {
            let join = "document.querySelector('#me-name').value = arguments[0];
                document.querySelector('#join').click();
                return document.querySelector('#me-error').textContent";
            let told = page.script(join, vec![json!(name)]).await?;
            assert!(told.as_str().is_some_and(|told| told.contains(words)), "{name:?}: {told}");
        }
        Ok(())
    })
    .await
}
