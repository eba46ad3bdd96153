//! The service of a conference on several nodes: each request at any node, for participants of any.

#[path = "../../../cluster/network.rs"]
mod network;
#[path = "../../../cluster/node.rs"]
mod node;

mod changes;
mod faults;
mod participants;
mod played;
mod rig;

use rig::Cast;

/// Three nodes: a listener, and a source at another.
const THREE: Cast<'static> = &[("a", &[("anna", 0.0)]), ("b", &[("ben", 0.0)]), ("c", &[("carol", 0.5)])];

/// A request by which a listener hears a source at a level.
fn hears(listener: &str, source: &str, level: u32) -> String {
    let levels = format!(r#"[{{"participant":"{source}","level":{level}}}]"#);
    format!(r#"{{"participantMixerLevels":[{{"participant":"{listener}","sourceLevels":{levels}}}]}}"#)
}

/// The path of such requests.
const CONFIGURE: &str = "/participants/configureMixer";
