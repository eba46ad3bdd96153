//! What can go wrong with a runner's thread: [`RunnerError`].

use std::{any::Any, io};

/// Why there is no thread, or no processor.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunnerError {
    /// The system gave no thread. The processor is dropped.
    #[error("no thread to tick on: {0}")]
    Thread(#[from] io::Error),
    /// A closure panicked. The thread ended there, and the processor was dropped: its memory went
    /// to the controllers.
    #[error("a closure of a runner panicked: {message}")]
    Panicked {
        /// What the panic said.
        message: String,
    },
}

impl RunnerError {
    /// With what a panic said, if it said it in words.
    pub(super) fn panicked(panic: &(dyn Any + Send)) -> Self {
        let words = panic.downcast_ref::<&str>().copied().or(panic.downcast_ref::<String>().map(String::as_str));
        Self::Panicked { message: words.unwrap_or("without words").into() }
    }
}
