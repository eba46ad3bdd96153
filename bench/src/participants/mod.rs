//! The command `participants`: what a participant of a call costs, from packet in to packet out, step by step.
//!
//! A [`scenario`] is a room and what people do in it. A [`call`] runs one in simulated time on one thread: people send
//! [`sound`] as packets of [`rtp`] over the [`network`], and the [`server`] does the [steps](step) of a media server.
//! [`cost`] has calls take turns and takes medians; [`table`], [`chart`] and [`page`] show them.

mod call;
mod chart;
mod codec;
mod cost;
mod network;
mod options;
mod outbox;
mod page;
mod rtp;
mod scenario;
mod server;
mod sound;
mod step;
mod table;

use self::{
    cost::{Cost, Rounds, costs},
    options::Talking,
    scenario::Scenario,
};
pub use self::{options::Participants, page::SECTION};
use crate::{Result, progress};

/// The rate of everything.
const RATE_HZ: u32 = 48_000;
/// The length of a packet.
const PACKET_MS: u32 = 20;
/// Its samples.
const PACKET: usize = (RATE_HZ * PACKET_MS / 1000) as usize;

/// Runs what was asked for. What is to be printed.
pub fn run(options: &Participants) -> Result<String> {
    let costs = measured(options)?;
    if let Some(directory) = &options.write {
        page::write(directory, options.readme.as_deref(), &costs)?;
    }
    Ok(if options.json { table::json(&costs) } else { table::text(&costs) })
}

fn measured(options: &Participants) -> Result<Vec<Cost>> {
    let (scenarios, rounds) = (scenarios(options), Rounds::of(options.quick));
    let bar = progress::counting("participants", (scenarios.len() * rounds.count()) as u64);
    let costs = costs(&scenarios, rounds, &bar);
    bar.finish_and_clear();
    costs
}

/// The rooms that were asked for.
fn scenarios(options: &Participants) -> Vec<Scenario> {
    if options.people.is_empty() && options.talking.is_empty() {
        return scenario::usual();
    }
    let or = |asked: &[Talking]| if asked.is_empty() { vec![Talking::Some(3), Talking::All] } else { asked.to_vec() };
    let people = if options.people.is_empty() { vec![scenario::LARGE as u16] } else { options.people.clone() };
    let talking = or(&options.talking);
    let rooms = people.iter().flat_map(|people| talking.iter().map(|talking| (usize::from(*people), *talking)));
    rooms.flat_map(|(people, talking)| scenario::of(people, talking)).collect()
}
