//! The browser: chromedriver on a free port, and a headless Chromium without any traffic of its own.

use std::{env, process::Stdio, time::Duration};

use thirtyfour::{ChromiumLikeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver};
use tokio::{
    net::TcpStream,
    process::{Child, Command},
    time::{Instant, sleep},
};

use crate::{Result, ports};

/// The profile is not among them: chromedriver gives each Chromium a new one, and deletes it.
const FLAGS: [&str; 11] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    "--window-size=1400,1000",
];

/// How long chromedriver may take to start.
const START: Duration = Duration::from_secs(20);

/// A running chromedriver, which ends when this is dropped, and its address.
#[derive(Debug)]
pub struct Chromedriver {
    address: String,
    _child: Child,
}

impl Chromedriver {
    /// Starts it.
    ///
    /// # Errors
    /// If the program is missing, or does not listen after 20 s.
    pub async fn start() -> Result<Self> {
        let program = env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".to_owned());
        let port = ports::free()?;
        let mut command = Command::new(&program);
        command.arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let child = command.spawn().map_err(|error| {
            format!("{program} does not start ({error}); Debian has it as chromium-driver, CHROMEDRIVER names another")
        })?;
        let deadline = Instant::now() + START;
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            if Instant::now() > deadline {
                return Err(format!("{program} does not listen after 20 s").into());
            }
            sleep(Duration::from_millis(50)).await;
        }
        Ok(Self { address: format!("http://127.0.0.1:{port}"), _child: child })
    }

    /// A new Chromium, which logs what the page writes to its console, with these flags beside the usual ones.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn browser(&self, flags: &[String]) -> Result<WebDriver> {
        let mut wanted = DesiredCapabilities::chrome();
        for flag in FLAGS.into_iter().chain(flags.iter().map(String::as_str)) {
            wanted.add_arg(flag)?;
        }
        wanted.set_browser_log_level(LoggingPrefsLogLevel::All)?;
        if let Ok(chromium) = env::var("CHROMIUM") {
            wanted.set_binary(&chromium)?;
        }
        Ok(WebDriver::new(&self.address, wanted).await?)
    }
}
