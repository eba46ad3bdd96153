//! A call of people and looping recordings, mixed in real time, with the configureMixer service and a mixing desk in the browser.
//!
//! ```text
//! cargo run --release -p call_server                  the bundled recordings, on http://127.0.0.1:8080/
//! cargo run --release -p call_server -- --help        your own recordings, TLS, callbacks, and everything else
//! ```
//!
//! The call is in [`room`]: one thread ticks, one feeds recordings into the call, and one collects
//! what the participants hear. People come and go in [`live`]: by WebRTC, on a network thread. The
//! routes of the clients are in [`web`]: the service of the library, those by which people come, and
//! the desk's own beside them. With others it is one conference by [`cluster`]. [`run`] starts both and stops them in order;
//! [`server`] is the HTTP server below them, [`connections`] bounds what it accepts, and [`shares`] what each client has of it. The other modules are about the options ([`cli`],
//! [`arguments`]), the participants ([`cast`], [`bundled`], [`wav`], [`routes`]), the access ([`access`]), and
//! the output ([`announce`], [`error`]).

mod access;
mod announce;
mod arguments;
mod bundled;
mod cast;
mod cli;
mod cluster;
mod connections;
mod error;
mod live;
mod music;
mod room;
mod routes;
mod run;
mod server;
/// As the service of the crate shares what it does among its callers, so this server does.
#[path = "../../../src/http/shares.rs"]
mod shares;
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
