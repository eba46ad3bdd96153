//! A page in a browser, whatever it shows: [`Tab`].

use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::{By, WebDriver, WebElement, extensions::query::ElementQueryable};
use tokio::time::{Instant, sleep};

use crate::Result;

/// How long the page may take for anything that a test waits for.
const PATIENCE: Duration = Duration::from_secs(15);

/// How often the page is asked.
const INTERVAL: Duration = Duration::from_millis(50);

/// Reads one message from the state socket, independently of the desk's own scripts.
const STATE: &str = r#"
    const [token, done] = arguments;
    const base64url = (text) => btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    const bearer = token === null ? [] : [`bearer.${base64url(token)}`];
    const socket = new WebSocket(location.origin.replace("http", "ws") + "/desk/state", ["mixminus.desk", ...bearer]);
    socket.onmessage = ({ data }) => { socket.close(); done(JSON.parse(data)); };
    socket.onerror = () => done(null);
"#;

/// Sends a request of configureMixer.
const CONFIGURE: &str = "const [call, token, body, done] = arguments;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const path = `/communications/calls/${encodeURIComponent(call)}/participants/configureMixer`;
    fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })
        .then(async (answer) => done([answer.status, await answer.text()]));";

/// A browser with one page.
#[derive(Debug)]
pub struct Tab {
    /// The browser.
    pub driver: WebDriver,
    token: Option<String>,
}

impl Tab {
    /// `token` is for the state socket.
    #[must_use]
    pub fn new(driver: WebDriver, token: Option<String>) -> Self {
        Self { driver, token }
    }

    /// Opens the desk by its link, and waits until it shows the call.
    ///
    /// # Errors
    /// If the call does not appear.
    pub async fn goto(&self, link: &str) -> Result<()> {
        self.driver.goto(link).await?;
        let is_there = "return document.querySelector('#connection').dataset.state === 'open'
            && document.querySelector('.person') !== null";
        self.until("the call is on the page", is_there).await.map(drop)
    }

    /// Runs a script in the page, and returns its result.
    ///
    /// # Errors
    /// If the script throws.
    pub async fn script(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        Ok(self.driver.execute(script, arguments).await?.json().clone())
    }

    /// Waits until a script returns a value that counts as true.
    ///
    /// # Errors
    /// If that takes longer than 15 s; the error says what was waited for, and what the page shows.
    pub async fn until(&self, what: &str, script: &str) -> Result<Value> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let value = self.script(script, Vec::new()).await?;
            if !matches!(value, Value::Null | Value::Bool(false)) {
                return Ok(value);
            }
            if Instant::now() > deadline {
                let text = self.driver.find(By::Css("body")).await?.text().await?;
                return Err(format!("in 15 s it did not happen that {what}; the page says:\n{text}").into());
            }
            sleep(INTERVAL).await;
        }
    }

    /// Waits for an element, and returns the first one that matches the selector. The page draws
    /// once per frame, so the result of a click is not there yet when the click returns.
    ///
    /// # Errors
    /// If there is no such element within 15 s.
    pub async fn find(&self, css: &str) -> Result<WebElement> {
        Ok(self.driver.query(By::Css(css)).wait(PATIENCE, INTERVAL).first().await?)
    }

    /// Clicks on an element, once it is there.
    ///
    /// # Errors
    /// If there is none within 15 s.
    pub async fn click(&self, css: &str) -> Result<()> {
        Ok(self.find(css).await?.click().await?)
    }

    /// Puts the mix of a listener on the desk.
    ///
    /// # Errors
    /// If it is not there after 15 s.
    pub async fn choose(&self, id: &str) -> Result<()> {
        let choose = "const rows = [...document.querySelectorAll('.person')];
            rows.find((row) => row.querySelector('.name').textContent === arguments[0])?.querySelector('.pick input').click()";
        self.script(choose, vec![json!(id)]).await?;
        let is_there = format!("return document.querySelector('#listener-name').textContent === {}", json!(id));
        self.until(&format!("{id} is on the desk"), &is_there).await.map(drop)
    }

    /// Sends mixer levels from this page, as any client would.
    ///
    /// # Errors
    /// If the answer is another than 200.
    pub async fn configure(&self, levels: Value) -> Result<()> {
        let (call, body) = (self.state().await?["call"].clone(), json!({"participantMixerLevels": levels}));
        let answer = self.driver.execute_async(CONFIGURE, vec![call, json!(self.token), body]).await?;
        if answer.json()[0] == json!(200) { Ok(()) } else { Err(format!("refused: {}", answer.json()).into()) }
    }

    /// Waits until the state socket sends a state for which `holds` is true.
    ///
    /// # Errors
    /// If that takes longer than 15 s; the error says what was waited for, and the last state.
    pub async fn until_state(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Result<Value> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let state = self.state().await?;
            if holds(&state) {
                return Ok(state);
            }
            if Instant::now() > deadline {
                return Err(format!("in 15 s it did not happen that {what}; the state is:\n{state}").into());
            }
            sleep(INTERVAL).await;
        }
    }

    /// One message of the state socket.
    ///
    /// # Errors
    /// If no message comes.
    pub async fn state(&self) -> Result<Value> {
        let answer = self.driver.execute_async(STATE, vec![json!(self.token)]).await?;
        match answer.json() {
            Value::Null => Err("the state socket does not open".into()),
            state => Ok(state.clone()),
        }
    }

    /// Does something that sends a request, and waits until the page shows that the operation has
    /// completed.
    ///
    /// # Errors
    /// If the operation fails, or no request is sent.
    pub async fn completes(&self, deed: impl AsyncFnOnce() -> Result<()>) -> Result<()> {
        let settled = "return document.querySelectorAll('#log .entry').length
            === document.querySelectorAll('#log .entry[data-state=completed]').length";
        self.until("earlier operations have completed", settled).await?;
        self.script("document.querySelector('#log').replaceChildren()", Vec::new()).await?;
        deed().await?;
        let completed = "const newest = document.querySelector('#log .entry');
            return newest?.dataset.state === 'completed' && / ms$/.test(document.querySelector('#status').textContent)";
        self.until("the operation is shown as completed", completed).await.map(drop)
    }

    /// Shows the page at another size, in light or dark.
    ///
    /// # Errors
    /// If the browser does not know how to.
    pub async fn resize(&self, width: u32, height: u32, scheme: &str) -> Result<()> {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.driver.cdp().send_raw("Emulation.setDeviceMetricsOverride", size).await?;
        self.driver.cdp().send_raw("Emulation.setEmulatedMedia", media).await?;
        Ok(())
    }

    /// Fails if the console has errors or warnings, which include violations of the content
    /// security policy.
    ///
    /// # Errors
    /// If it has.
    pub async fn check_console(&self) -> Result<()> {
        let entries = self.driver.browser_log().await?;
        let complaints: Vec<_> = entries.iter().filter(|entry| matches!(&*entry.level, "SEVERE" | "WARNING")).collect();
        match complaints.is_empty() {
            true => Ok(()),
            false => Err(format!("the console complains: {complaints:#?}").into()),
        }
    }
}
