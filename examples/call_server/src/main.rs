//! A call of looping recordings, mixed in real time, with the configureMixer service and a mixing desk in the browser.
//!
//! ```text
//! cargo run --release -p call_server                  the bundled recordings, on http://127.0.0.1:8080/
//! cargo run --release -p call_server -- --help        your own recordings, TLS, callbacks, and everything else
//! ```
//!
//! The call itself is in [`room`]: a thread that ticks, one that feeds it, one that collects what everybody hears. What clients ask for is in [`web`]: the service of
//! the library beside the desk's own routes. [`run`] starts both and stops them in order; [`server`] is the HTTP server under them. Everything else is around it: what was
//! asked for ([`cli`], [`arguments`]), who is in the call ([`cast`], [`bundled`], [`wav`]), who may use it ([`access`]), and what is said ([`announce`], [`error`]).

mod access;
mod announce;
mod arguments;
mod bundled;
mod cast;
mod cli;
mod error;
mod room;
mod run;
mod server;
mod signals;
mod wav;
mod web;

use std::process::ExitCode;

use crate::cli::Options;

fn main() -> ExitCode {
    let done = Options::from_command_line().and_then(|options| options.map_or(Ok(()), run::run));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("call_server: {}", error.one_line());
            ExitCode::from(error.exit_code())
        }
    }
}
