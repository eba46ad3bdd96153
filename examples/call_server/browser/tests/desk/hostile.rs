//! Ids can be any text, also markup.

use call_server_browser::{Complaints, Result, visit};
use serde_json::json;
use thirtyfour::Key;

use crate::state::listed;

const HOSTILE: &str = "<img src=x onerror=alert(1)>";

#[tokio::test]
async fn an_id_with_markup_is_shown_as_text() -> Result<()> {
    visit(&["--listener", HOSTILE], Complaints::Forbidden, async |page| {
        page.open().await?;
        let choose = "const rows = [...document.querySelectorAll('.person')];
            const row = rows.find((row) => row.querySelector('.name').textContent === arguments[0]);
            row.querySelector('input').click();
            return document.querySelector('#listener-name').textContent";
        assert_eq!(page.script(choose, vec![json!(HOSTILE)]).await?, json!(HOSTILE));
        page.completes(async || Ok(page.find("#strips input[type=range]").await?.send_keys(Key::Home).await?)).await?;
        let source = page.script("return document.querySelector('#strips .name').textContent", vec![]).await?;
        let source = source.as_str().ok_or("no source")?;
        page.until_state("the level is in force", |state| {
            listed(state, HOSTILE, source).is_some_and(|entry| entry["level"] == json!(0))
        })
        .await?;
        page.find("#listen").await?.click().await?;
        page.until("its mix arrives", "return document.querySelector('#listening').dataset.playing === 'true'").await?;
        assert_eq!(page.script("return document.querySelectorAll('img').length", vec![]).await?, json!(0));
        assert!(page.driver.get_alert_text().await.is_err(), "a script of an id has run");
        Ok(())
    })
    .await
}
