//! Three people in three browsers, and a recording.

use std::{net::SocketAddr, path::PathBuf};

use call_server_browser::{Chromedriver, Person, Relay, Result, Server, Tone, free_udp};
use serde_json::{Value, json};
use tokio::try_join;

/// Whose tone is which.
pub const ANNA: u32 = 500;
pub const BEN: u32 = 1100;
pub const CLEO: u32 = 1900;
pub const RECORDING: u32 = 2700;
pub const ALL: [u32; 4] = [ANNA, BEN, CLEO, RECORDING];
/// The place of each in [`ALL`].
pub const AT_ANNA: usize = 0;
pub const AT_BEN: usize = 1;
pub const AT_CLEO: usize = 2;
pub const AT_RECORDING: usize = 3;

/// How loud the tones are sent.
pub const SENT_DBFS: f64 = -20.0;
/// How far below the others' somebody's own tone has to be, and everything else that is not to be heard.
pub const SILENT_DB: f64 = 40.0;
/// How far from its level a tone may be: one whose change is measured, one that is heard alone, and one among others. At
/// 32 kbit/s Opus has a tone at one of two levels 0.9 dB apart, stays at it for seconds, and keeps the level of each of
/// three to some decibels.
pub const CHANGE_DB: f64 = 1.2;
pub const ALONE_DB: f64 = 1.5;
pub const AMONG_OTHERS_DB: f64 = 9.0;

/// How long the server keeps the place of somebody who is lost.
pub const KEEP_S: u64 = 8;

/// The call.
#[derive(Debug)]
pub struct Conference {
    pub server: Server,
    /// The network of Ben.
    pub relay: Relay,
    pub anna: Person,
    pub ben: Person,
    pub cleo: Person,
    _chromedriver: Chromedriver,
}

impl Conference {
    /// Starts all, and has the three join.
    pub async fn begin() -> Result<Self> {
        let [anna, ben, cleo, recording] = [ANNA, BEN, CLEO, RECORDING].map(file);
        let source = format!("tutor={}", recording?.display());
        let port = free_udp()?;
        let (ports, keep) = (format!("{port}-{port}"), KEEP_S.to_string());
        let server = Server::start(&["--source", &source, "--rtp-ports", &ports, "--keep-place", &keep]).await?;
        let relay = Relay::start(SocketAddr::from(([127, 0, 0, 1], port))).await?;
        let chromedriver = Chromedriver::start().await?;
        let (anna, ben, cleo) = (anna?, ben?, cleo?);
        let (anna, ben, cleo) = try_join!(
            Person::start(&chromedriver, &server, "anna", &anna),
            Person::start(&chromedriver, &server, "ben", &ben),
            Person::start(&chromedriver, &server, "cleo", &cleo),
        )?;
        ben.reroute(port, &relay).await?;
        try_join!(anna.join(), ben.join(), cleo.join())?;
        Ok(Self { server, relay, anna, ben, cleo, _chromedriver: chromedriver })
    }

    /// Configures a listener with these sources.
    pub async fn configure(&self, person: &Person, sources: Value) -> Result<()> {
        person.configure(json!({"participant": person.name, "sourceLevels": sources})).await
    }

    /// Configures a listener, who then hears these only.
    pub async fn configure_exclusive(&self, person: &Person, sources: Value) -> Result<()> {
        let level = json!({"participant": person.name, "exclusive": true, "sourceLevels": sources});
        person.configure(level).await
    }

    /// Closes the browsers. One that was killed cannot be told.
    pub async fn end(self) {
        for person in [self.anna, self.ben, self.cleo] {
            let _ = person.tab.driver.quit().await;
        }
    }
}

/// A file with a tone.
fn file(hz: u32) -> Result<PathBuf> {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{hz}.wav"));
    Tone { hz, amplitude: 10_f64.powf(SENT_DBFS / 20.0) }.write(&file)?;
    Ok(file)
}

/// Fails with what was found unless a condition holds.
pub fn check(holds: bool, found: impl FnOnce() -> String) -> Result<()> {
    if holds { Ok(()) } else { Err(found().into()) }
}

/// Fails unless two levels are as near as they have to be; each of them has the place in [`ALL`].
pub fn check_near(what: &str, levels: &[f64], expected: &[f64], at: &[usize], within_db: f64) -> Result<()> {
    let is_near = |at: &usize| (levels[*at] - expected[*at]).abs() <= within_db;
    check(at.iter().all(is_near), || format!("{what}: {levels:.2?} dBFS, not {expected:.2?}"))
}
