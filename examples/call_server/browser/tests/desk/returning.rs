//! The desk while its server is away, and when the server is back.

use call_server_browser::{Complaints, Page, Result, Server, visit};
use serde_json::json;
use thirtyfour::Key;

#[tokio::test]
async fn the_desk_shows_that_its_server_is_gone_and_reconnects() -> Result<()> {
    visit(&["--token", "one"], Complaints::Provoked, async |page| {
        page.open().await?;
        page.find("#listen").await?.click().await?;
        page.until("sound arrives", "return document.querySelector('#listening').dataset.playing === 'true'").await?;
        page.server.kill().await?;
        let counted = "return document.querySelector('#listening').dataset.underruns === '1'";
        page.until("the gap is counted", counted).await?;
        let gone = "const connection = document.querySelector('#connection').textContent;
            return connection.startsWith('No connection; trying again in')
            && document.querySelector('#listen-text').textContent.startsWith('The sound is gone')";
        page.until("both lines are told to be gone", gone).await?;
        page.find("#strips input[type=range]").await?.send_keys(Key::Home).await?;
        let failed = "const status = document.querySelector('#status').textContent;
            return status.endsWith('failed: The server does not answer.')";
        page.until("a change is told to have failed", failed).await?;
        let back = "return document.querySelector('#strips input[type=range]').value === '100'";
        page.until("the fader is where it was", back).await?;
        let _same = again(page, "one").await?;
        let on = "return document.querySelector('#connection').dataset.state === 'open'
            && document.querySelector('#listening').dataset.state === 'on'
            && document.querySelector('#listening').dataset.playing === 'true'";
        page.until("both are back", on).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_desk_asks_for_a_new_token_if_the_old_one_is_refused() -> Result<()> {
    visit(&["--token", "one"], Complaints::Provoked, async |page| {
        page.open().await?;
        page.server.kill().await?;
        let _other = again(page, "two").await?;
        let asked = "return !document.querySelector('#login').hidden && document.activeElement.id === 'token'
            && document.querySelector('#login-error').textContent.startsWith('The token was refused: ')";
        page.until("the form is there", asked).await?;
        assert_eq!(page.script("return sessionStorage.length", vec![]).await?, json!(0));
        Ok(())
    })
    .await
}

/// Starts another server at the address of the one that is gone.
async fn again(page: &Page, token: &str) -> Result<Server> {
    let listen = page.server.address.trim_start_matches("http://");
    Server::start_on(listen, &["--token", token]).await
}
