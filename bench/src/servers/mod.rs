//! The command `servers`: whole servers with the same RTP packets, each alone, by turns.
//!
//! [`sound`] is what the members say, as packets. A [`server`] is started and joined by [members](member), whose
//! [`traffic`] goes on while its [`process`] is watched; the [delays](delay) are found in what was heard. The servers:
//! [`call_server`], [`janus`], [`asterisk`], which calls a telephone by [SIP](sip). [`contest`] does that for all, [`table`] and [`page`] tell the results.

mod asterisk;
mod call_server;
mod contest;
mod delay;
mod http;
mod janus;
mod member;
mod options;
mod page;
mod process;
mod server;
mod sip;
mod sound;
mod table;
mod traffic;

pub use options::Servers;
pub use page::SECTION;

use crate::Result;

/// Runs what was asked for. What is to be printed.
pub fn run(options: &Servers) -> Result<String> {
    let lines = contest::contest(options)?;
    if let Some(directory) = &options.write {
        page::write(directory, options, &lines)?;
    }
    Ok(if options.json { table::json(&lines) } else { table::text(options, &lines) })
}
