//! One visit to the desk, from the start of a server to the end of the browser.

use tokio::sync::{Mutex, MutexGuard};

use crate::{Error, Page, Result, Server, browser::Chromedriver};

/// One browser at a time, so that the machine plays sound without gaps.
static TURN: Mutex<()> = Mutex::const_new(());

/// Waits until no other test of this program has a browser.
pub async fn alone() -> MutexGuard<'static, ()> {
    TURN.lock().await
}

/// What the browser's console may contain after a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Complaints {
    /// Nothing: an error, a warning or a violation of the content security policy fails the test.
    Forbidden,
    /// Anything: the test provokes it.
    Provoked,
}

/// Starts a server with these arguments and a browser, and runs `body` with them.
///
/// # Errors
/// The error of `body`, of a program that does not start, or of the console.
pub async fn visit(
    arguments: &[&str],
    complaints: Complaints,
    body: impl AsyncFnOnce(&mut Page) -> Result<()>,
) -> Result<()> {
    let _alone = alone().await;
    let server = Server::start(arguments).await?;
    let chromedriver = Chromedriver::start().await?;
    let browser = chromedriver.browser(&[]).await?;
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
