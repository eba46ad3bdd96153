//! The figures of the links to the other servers, for `/metrics`.

use metrics::{counter, gauge};
use mixminus::cluster::{LinkHealth, LinkReadings, NodeReadings};

/// A figure of a link, with its name.
type Figure<T> = (&'static str, fn(&LinkReadings) -> T);

const COUNTERS: [Figure<u64>; 11] = [
    ("call_server_link_ticks_total", |link| link.ticks),
    ("call_server_link_bytes_total", |link| link.bytes),
    ("call_server_link_lost_ticks_total", |link| link.lost_ticks),
    ("call_server_link_late_ticks_total", |link| link.late_ticks),
    ("call_server_link_duplicate_ticks_total", |link| link.duplicate_ticks),
    ("call_server_link_underruns_total", |link| link.underruns),
    ("call_server_link_overruns_total", |link| link.overruns),
    ("call_server_link_malformed_total", |link| link.malformed),
    ("call_server_link_unknown_sources_total", |link| link.unknown_sources),
    ("call_server_link_restarts_total", |link| link.restarts),
    ("call_server_link_losses_total", |link| link.losses),
];

const GAUGES: [Figure<f64>; 6] = [
    ("call_server_link_up", |link| f64::from(u8::from(link.health == LinkHealth::Up))),
    ("call_server_link_participants", |link| link.participants as f64),
    ("call_server_link_silent_ms", |link| link.silent_ms as f64),
    ("call_server_link_wait_ms", |link| link.wait_ms),
    ("call_server_link_target_ms", |link| link.target_ms),
    ("call_server_link_drift_ppm", |link| link.drift_ppm),
];

/// Records the figures of this server as a node, and of its links, with the recorder of this thread.
pub fn record(readings: &NodeReadings) {
    counter!("call_server_node_published_ticks_total").absolute(readings.published_ticks);
    counter!("call_server_node_published_bytes_total").absolute(readings.published_bytes);
    counter!("call_server_node_published_sources_total").absolute(readings.published_sources);
    counter!("call_server_node_left_out_sources_total").absolute(readings.left_out_sources);
    counter!("call_server_node_lost_ticks_total").absolute(readings.lost_ticks);
    counter!("call_server_node_hostile_total").absolute(readings.hostile);
    gauge!("call_server_node_running_changes").set(readings.running_changes as f64);
    for link in &readings.links {
        for (name, figure) in COUNTERS {
            counter!(name, "node" => link.node.clone()).absolute(figure(link));
        }
        for (name, figure) in GAUGES {
            gauge!(name, "node" => link.node.clone()).set(figure(link));
        }
    }
}
