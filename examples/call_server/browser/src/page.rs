//! The desk as most tests see it: [`Page`].

use std::ops::Deref;

use thirtyfour::WebDriver;

use crate::{Result, Server, Tab};

/// The desk in a browser, and its server.
#[derive(Debug)]
pub struct Page {
    tab: Tab,
    /// The server.
    pub server: Server,
}

impl Deref for Page {
    type Target = Tab;

    fn deref(&self) -> &Tab {
        &self.tab
    }
}

impl Page {
    pub(crate) fn new(driver: WebDriver, server: Server) -> Self {
        Self { tab: Tab::new(driver, server.token.clone()), server }
    }

    /// Opens the link that the server prints, and waits until the desk shows the call.
    ///
    /// # Errors
    /// If the call does not appear.
    pub async fn open(&self) -> Result<()> {
        self.tab.goto(&self.server.link()).await
    }
}
