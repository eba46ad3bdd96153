//! Muting somebody for everybody, and removing somebody, who is asked for twice.

use call_server_browser::{Complaints, Page, Result, visit};

use crate::state::participant;

#[tokio::test]
async fn who_is_muted_or_removed_is_so_for_everybody() -> Result<()> {
    visit(&["--listener", "anna"], Complaints::Forbidden, async |page| {
        page.open().await?;
        page.completes(async || page.click("[aria-label='Mute speaker']").await).await?;
        let muted = "return document.querySelector('[aria-label=\"Muted speaker\"]')?.disabled";
        page.until("it is shown as muted", muted).await?;
        page.until_state("it is muted", |state| participant(state, "speaker").is_some_and(|one| one["muted"] == true))
            .await?;
        page.click("[aria-label='Remove anna']").await?;
        page.find("[aria-label='Sure? anna']").await?;
        assert!(participant(&page.state().await?, "anna").is_some(), "one click removes nobody");
        page.completes(async || page.click("[aria-label='Sure? anna']").await).await?;
        page.until_state("it is out of the call", |state| participant(state, "anna").is_none()).await?;
        is_gone(page, "anna").await
    })
    .await
}

async fn is_gone(page: &Page, id: &str) -> Result<()> {
    let gone = format!("return document.querySelector('[aria-label=\"Remove {id}\"]') === null");
    page.until("its row is gone", &gone).await.map(drop)
}
