//! Opening the desk with a token, without one, and with a wrong one.

use std::collections::BTreeSet;

use call_server_browser::{Complaints, Page, Result, visit};
use serde_json::json;
use thirtyfour::Key;

#[tokio::test]
async fn the_link_opens_the_desk_with_all_participants_and_removes_the_token_from_the_address() -> Result<()> {
    visit(&[], Complaints::Forbidden, async |page| {
        page.open().await?;
        let address = page.driver.current_url().await?;
        assert!(!address.as_str().contains('#') && !address.as_str().contains(token(page)?), "{address}");
        let state = page.state().await?;
        let expected: BTreeSet<_> =
            state["participants"].as_array().into_iter().flatten().filter_map(|one| one["id"].as_str()).collect();
        let shown = page
            .script("return [...document.querySelectorAll('.person .name')].map((n) => n.textContent)", vec![])
            .await?;
        let shown: BTreeSet<_> = shown.as_array().into_iter().flatten().filter_map(|id| id.as_str()).collect();
        assert!(!expected.is_empty());
        assert_eq!(shown, expected);
        page.script("location.reload()", vec![]).await?; // the tab keeps the token
        page.until("a reload opens it, too", "return document.querySelectorAll('.person').length > 0").await?;
        Ok(())
    })
    .await
}

/// The page and the state are read at different times of a running call: they have to agree while
/// some participants talk and others do not.
#[tokio::test]
async fn talking_participants_have_a_light_and_a_word_and_the_dominant_one_is_named() -> Result<()> {
    visit(&[], Complaints::Forbidden, async |page| {
        page.open().await?;
        let mut looks = Vec::new();
        for _look in 0..150 {
            let (shown, state) = (page.script(TALKING, vec![]).await?, page.state().await?);
            let participants: Vec<_> = state["participants"].as_array().into_iter().flatten().collect();
            let talking = participants.iter().filter(|one| one["talking"] == json!(true));
            let talking: Vec<_> = talking.map(|one| &one["id"]).collect();
            let told = json!({"lights": talking, "words": talking, "dominant": state["dominant"]});
            if shown == told && !talking.is_empty() && talking.len() < participants.len() {
                return Ok(());
            }
            looks.push((shown, told));
        }
        looks.truncate(5);
        Err(format!("the page never shows what the state tells: {looks:?}").into())
    })
    .await
}

const TALKING: &str = "
    const names = (rows) => rows.map((row) => row.querySelector('.name').textContent);
    const rows = [...document.querySelectorAll('.person')];
    return {
        lights: names(rows.filter((row) => row.querySelector('.light').dataset.talking === 'true')),
        words: names(rows.filter((row) => row.querySelector('.said').textContent.startsWith('talking'))),
        dominant: document.querySelector('#dominant').textContent,
    };
";

#[tokio::test]
async fn a_wrong_token_shows_an_error_and_the_right_one_opens_the_desk() -> Result<()> {
    visit(&[], Complaints::Provoked, async |page| {
        page.driver.goto(format!("{}/#token=wrong", page.server.address)).await?;
        let error =
            "return !document.querySelector('#login').hidden && document.querySelector('#login-error').textContent";
        let told = page.until("the form tells what is wrong", &format!("{error} || false")).await?;
        assert!(told.as_str().unwrap_or_default().starts_with("The token was refused: "), "{told}");
        assert!(!page.driver.current_url().await?.as_str().contains("wrong"));
        let field = page.find("#token").await?;
        field.send_keys("has spaces" + Key::Enter).await?;
        page.until(
            "spaces are told",
            "return document.querySelector('#login-error').textContent.includes('without spaces')",
        )
        .await?;
        field.clear().await?;
        field.send_keys(token(page)? + Key::Enter).await?;
        page.until(
            "the desk opens",
            "return !document.querySelector('#desk').hidden && document.querySelector('#login').hidden",
        )
        .await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_server_without_tokens_is_sent_none() -> Result<()> {
    visit(&["--anonymous"], Complaints::Forbidden, async |page| {
        assert_eq!(page.server.token, None);
        page.open().await?;
        page.completes(async || Ok(page.find("#exclusive").await?.send_keys(" ").await?)).await
    })
    .await
}

fn token(page: &Page) -> Result<&str> {
    Ok(page.server.token.as_deref().ok_or("the server wants no token")?)
}
