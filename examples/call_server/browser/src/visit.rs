//! One visit to the desk, from the start of a server to the end of the browser.

use tokio::sync::Mutex;

use crate::{Error, Page, Result, Server, browser::Chromedriver};

/// One browser at a time: sound needs its time.
static TURN: Mutex<()> = Mutex::const_new(());

/// What the browser's console may say in a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Complaints {
    /// Nothing: an error, a warning or a breach of the content security policy fails the test.
    Forbidden,
    /// Anything: the test provokes it.
    Provoked,
}

/// Starts a server with these arguments and a browser, and does what `body` says there.
///
/// # Errors
/// What `body` returns, what does not start, and what the console says.
pub async fn visit(
    arguments: &[&str],
    complaints: Complaints,
    body: impl AsyncFnOnce(&mut Page) -> Result<()>,
) -> Result<()> {
    let _alone = TURN.lock().await;
    let server = Server::start(arguments).await?;
    let chromedriver = Chromedriver::start().await?;
    let browser = chromedriver.browser().await?;
    let whole = browser.run_and_quit(async |driver| {
        let mut page = Page::new(driver, server);
        body(&mut page).await?;
        match complaints {
            Complaints::Forbidden => page.check_console().await,
            Complaints::Provoked => Ok::<(), Error>(()),
        }
    });
    whole.await.map_err(|error| format!("{error:?}").into())
}
