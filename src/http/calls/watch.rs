//! Watching a call's mixer, to end the operations that it has mixed. The mixer tells nobody: it is looked at, while something runs.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{Ledger, ledger::Progress};
use crate::Controller;

/// How often is looked. A tick is mostly 10 or 20 ms.
const LOOK: Duration = Duration::from_millis(2);

/// Until the ledger is closed.
pub(super) async fn watch(controller: Controller, ledger: Arc<Ledger>) {
    while ledger.wait_for_work().await {
        ledger.advance(controller.progress(), Instant::now());
        tokio::time::sleep(LOOK).await;
    }
}

impl Controller {
    /// In this order: what it mixed before it went counts.
    pub(super) fn progress(&self) -> Progress {
        let gone = self.processor_gone();
        Progress { mixed: self.mixed(), gone }
    }
}
