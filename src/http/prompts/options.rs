//! What a prompt may cost: [`PromptOptions`].

use std::time::Duration;

use super::IpRange;

/// How prompts are fetched, and what they may cost. See [`HttpsPrompts`](super::HttpsPrompts).
#[derive(Debug, Clone, PartialEq)]
pub struct PromptOptions {
    /// How long a prompt may take until its last byte is there: its wait for others, the look-ups of names and redirects included.
    pub time: Duration,
    /// How many bytes it may have.
    pub bytes: usize,
    /// How long its audio may be.
    pub duration: Duration,
    /// How many prompts are fetched at a time, of all calls; others wait in line. With as many as
    /// [`Limits::prompts_at_once`](crate::http::Limits::prompts_at_once), or more, none of one service do: there each call has turns
    /// that no other one takes.
    pub at_once: usize,
    /// How many redirects are followed.
    pub redirects: usize,
    /// Addresses that may be asked though they are not public: those of a server of prompts in the host's own network.
    pub allowed: Vec<IpRange>,
    /// Certificates, as PEM, that are trusted beside those of the system: of an authority of the host's own.
    pub authorities: Vec<String>,
}

impl Default for PromptOptions {
    /// 10 s, 32 MiB (five and a half minutes of CD), 10 minutes, 8 at once, 3 redirects, public addresses only.
    fn default() -> Self {
        Self {
            time: Duration::from_secs(10),
            bytes: 32 << 20,
            duration: Duration::from_secs(600),
            at_once: 8,
            redirects: 3,
            allowed: Vec::new(),
            authorities: Vec::new(),
        }
    }
}
