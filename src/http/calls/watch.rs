//! Watches a call's mixer, to end the operations that it has mixed. The audio thread notifies
//! nobody, so the mixer is polled while operations run.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{Ledger, ledger::Progress};
use crate::Controller;

/// The time between two polls. A tick is mostly 10 or 20 ms.
const LOOK: Duration = Duration::from_millis(2);

/// Runs until the ledger is closed.
pub(super) async fn watch(controller: Controller, ledger: Arc<Ledger>) {
    while ledger.wait_for_work().await {
        ledger.advance(controller.progress(), Instant::now());
        tokio::time::sleep(LOOK).await;
    }
}

impl Controller {
    /// Reads `gone` first: a tick that was mixed before the processor was dropped counts.
    pub(super) fn progress(&self) -> Progress {
        let gone = self.processor_gone();
        Progress { mixed: self.mixed(), gone }
    }
}
