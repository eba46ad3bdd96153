//! Somebody in the call, in a browser of its own, with a microphone that is a file: [`Person`].

use std::path::Path;

use serde_json::{Value, json};

use crate::{Chromedriver, Relay, Result, Server, Tab, process};

/// Looks for some time at what `#me-audio` plays: the amplitudes of some frequencies in the newest samples (a DFT with a
/// Hann window), again and again. The results are rows of a time in seconds and the amplitudes.
const LOOK: &str = r"
    const [frequencies, forMs, everyMs, size, done] = arguments;
    const context = new AudioContext({ sampleRate: 48000 });
    const analyser = new AnalyserNode(context, { fftSize: 8192 });
    const source = context.createMediaStreamSource(document.querySelector('#me-audio').srcObject);
    source.connect(analyser);
    const hann = Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
    const waves = frequencies.map((hz) => {
        const phases = Float64Array.from(hann, (_, i) => (2 * Math.PI * hz * i) / 48000);
        return [phases.map((phase, i) => hann[i] * Math.cos(phase)), phases.map((phase, i) => hann[i] * Math.sin(phase))];
    });
    const samples = new Float32Array(8192);
    const dot = (wave) => wave.reduce((sum, factor, i) => sum + factor * samples[8192 - size + i], 0);
    const rows = [];
    const begin = performance.now() + 400;
    const timer = setInterval(() => {
        const now = performance.now();
        if (now < begin) return;
        analyser.getFloatTimeDomainData(samples);
        rows.push([now / 1000, ...waves.map(([re, im]) => (4 * Math.hypot(dot(re), dot(im))) / size)]);
        if (now < begin + forMs) return;
        clearInterval(timer);
        context.close();
        done(rows);
    }, everyMs);
";

/// Sends what the page sends by way of a relay.
const REROUTE: &str = r"
    const [server, relay] = arguments;
    const real = RTCPeerConnection.prototype.setRemoteDescription;
    RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
        return real.call(this, { type, sdp: sdp.replaceAll(` ${server} typ host`, ` ${relay} typ host`) });
    };
";

/// The samples of a look: long ones tell frequencies apart, short ones follow ramps.
const LONG: u32 = 8192;
const SHORT: u32 = 1024;

/// A person, its browser and its desk.
#[derive(Debug)]
pub struct Person {
    /// The id in the call.
    pub name: &'static str,
    /// The desk.
    pub tab: Tab,
    microphone: String,
}

/// The level of each frequency that was looked for, in dBFS; the median of a second and more.
pub type Levels = Vec<f64>;

impl Person {
    /// Starts a browser with this file as its microphone, and opens the desk.
    ///
    /// # Errors
    /// If the browser does not start, or shows no desk.
    pub async fn start(
        chromedriver: &Chromedriver,
        server: &Server,
        name: &'static str,
        microphone: &Path,
    ) -> Result<Self> {
        let microphone = format!("--use-file-for-fake-audio-capture={}", microphone.display());
        let flags = [
            "--use-fake-device-for-media-stream".to_owned(),
            "--use-fake-ui-for-media-stream".to_owned(),
            microphone.clone(),
        ];
        let driver = chromedriver.browser(&flags).await?;
        let tab = Tab::new(driver, server.token.clone());
        tab.goto(&server.link()).await?;
        Ok(Self { name, tab, microphone })
    }

    /// Has everything that is sent from now on go by way of a relay to the port of the server.
    ///
    /// # Errors
    /// If the script fails.
    pub async fn reroute(&self, server_port: u16, relay: &Relay) -> Result<()> {
        self.tab.script(REROUTE, vec![json!(server_port), json!(relay.address.port())]).await.map(drop)
    }

    /// Joins the call by the desk, with the microphone as it is.
    ///
    /// # Errors
    /// If it is not in the call after 15 s.
    pub async fn join(&self) -> Result<()> {
        self.join_as(self.name).await?;
        self.until_stage("in").await
    }

    /// Fills in the form under any name, and sends it.
    ///
    /// # Errors
    /// If the script fails.
    pub async fn join_as(&self, name: &str) -> Result<()> {
        let join = "document.querySelector('#me-name').value = arguments[0];
            document.querySelector('#filter').checked = false;
            document.querySelector('#join').click()";
        self.tab.script(join, vec![json!(name)]).await.map(drop)
    }

    /// Leaves by the desk.
    ///
    /// # Errors
    /// If that takes longer than 15 s.
    pub async fn leave(&self) -> Result<()> {
        self.click("#leave").await?;
        self.until_stage("out").await
    }

    /// Mutes itself by the desk, or ends that, if it has not yet.
    ///
    /// # Errors
    /// If it is not in the call.
    pub async fn set_muted(&self, is_muted: bool) -> Result<()> {
        let pressed = self.tab.find("#mute").await?.attr("aria-pressed").await?;
        if pressed == Some(is_muted.to_string()) { Ok(()) } else { self.click("#mute").await }
    }

    /// Clicks a button of the desk.
    ///
    /// # Errors
    /// If it is not there.
    pub async fn click(&self, css: &str) -> Result<()> {
        self.tab.click(css).await
    }

    /// Waits for a stage of the connection.
    ///
    /// # Errors
    /// If that takes longer than 15 s.
    pub async fn until_stage(&self, stage: &str) -> Result<()> {
        let is = format!("return document.querySelector('#me').dataset.stage === '{stage}'");
        self.tab.until(&format!("{} is {stage}", self.name), &is).await.map(drop)
    }

    /// How loud it hears each of these frequencies, in dBFS: medians of a second.
    ///
    /// # Errors
    /// If it is not in the call.
    pub async fn hears(&self, frequencies: &[u32]) -> Result<Levels> {
        let rows = self.look(frequencies, 1000, 50, LONG).await?;
        Ok((0..frequencies.len()).map(|at| median_db(rows.iter().map(|(_, amplitudes)| amplitudes[at]))).collect())
    }

    /// The amplitude of one frequency again and again, every 15 ms or so, each over 21 ms: seconds and amplitudes.
    ///
    /// # Errors
    /// If it is not in the call.
    pub async fn follows(&self, frequency: u32, for_ms: u32) -> Result<Vec<(f64, f64)>> {
        let rows = self.look(&[frequency], for_ms, 15, SHORT).await?;
        Ok(rows.into_iter().map(|(time, amplitudes)| (time, amplitudes[0])).collect())
    }

    async fn look(&self, frequencies: &[u32], for_ms: u32, every_ms: u32, size: u32) -> Result<Vec<(f64, Vec<f64>)>> {
        let arguments = vec![json!(frequencies), json!(for_ms), json!(every_ms), json!(size)];
        let answer = self.tab.driver.execute_async(LOOK, arguments).await?;
        let rows: Vec<Vec<f64>> = serde_json::from_value(answer.json().clone())?;
        Ok(rows.into_iter().map(|row| (row[0], row[1..].to_vec())).collect())
    }

    /// What the desk says of this person's part in the call: its errors and its words.
    ///
    /// # Errors
    /// If the script fails.
    pub async fn told(&self) -> Result<String> {
        let words = "return ['#me-error', '#me-text'].map((css) => document.querySelector(css).textContent).join(' ')";
        let told = self.tab.script(words, vec![]).await?;
        Ok(told.as_str().unwrap_or_default().to_owned())
    }

    /// Sends a request of configureMixer from this page, as any client would.
    ///
    /// # Errors
    /// If the answer is another than 200.
    pub async fn configure(&self, level: Value) -> Result<()> {
        self.tab.configure(json!([level])).await
    }

    /// Kills the browser, as a crash does.
    ///
    /// # Errors
    /// If it is not running.
    pub fn kill(&self) -> Result<()> {
        process::kill(process::with_argument(&self.microphone)?)
    }
}

fn median_db(amplitudes: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = amplitudes.collect();
    sorted.sort_by(f64::total_cmp);
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
    20.0 * median.max(1e-9).log10()
}
