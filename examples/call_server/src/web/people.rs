//! The figures of the people's connections, for `/metrics`: sums and medians, and nothing that tells who is here.

use metrics::{counter, gauge};
use mixminus::stream::EncodeReadings;

use crate::live::{Connected, Outgoing, People, Quality, Rtp, WebRtc};

/// One figure of the quality of a connection, with its name.
type Figure = (&'static str, fn(&Quality) -> Option<f64>);

const FIGURES: [Figure; 5] = [
    ("call_server_round_trip_ms", |quality| quality.round_trip_ms),
    ("call_server_loss_in", |quality| quality.loss_in),
    ("call_server_loss_out", |quality| quality.loss_out),
    ("call_server_jitter_in_ms", |quality| quality.jitter_in_ms),
    ("call_server_jitter_out_ms", |quality| quality.jitter_out_ms),
];

/// Records the figures with the recorder of this thread.
pub fn record(people: &People, webrtc: &WebRtc, rtp: &Rtp) {
    let counters = webrtc.counters();
    counter!("call_server_strangers_total").absolute(counters.strangers.get());
    counter!("call_server_malformed_total").absolute(counters.malformed.get());
    counter!("call_server_unsent_total").absolute(counters.unsent.get());
    for (name, sum) in rtp.counters() {
        counter!(format!("call_server_rtp_{name}_total")).absolute(sum);
    }
    counter!("call_server_connection_panics_total").absolute(counters.panics.get());
    let all: Vec<Connected> = people.connections().into_values().collect();
    for stage in ["connecting", "connected", "lost"] {
        let count = all.iter().filter(|person| person.stage == stage).count();
        gauge!("call_server_people", "stage" => stage).set(count as f64);
    }
    for (name, figure) in FIGURES {
        let known: Vec<f64> = all.iter().filter_map(|person| figure(&person.quality)).collect();
        for (of, value) in spread(known) {
            gauge!(name, "of" => of).set(value);
        }
    }
}

/// Records what is encoded for people, and what was lost on the way to the network.
pub fn record_outgoing(encoded: &EncodeReadings, outgoing: &Outgoing) {
    gauge!("call_server_encoders").set(encoded.encoders as f64);
    counter!("call_server_encoded_packets_total").absolute(encoded.packets);
    counter!("call_server_saved_encodes_total").absolute(encoded.saved_encodes);
    counter!("call_server_lost_encodes_total").absolute(encoded.lost_packets);
    counter!("call_server_outgoing_dropped_total").absolute(outgoing.dropped());
}

/// The median and the greatest; zero of nobody.
fn spread(mut known: Vec<f64>) -> [(&'static str, f64); 2] {
    known.sort_by(f64::total_cmp);
    let median = known.get(known.len() / 2).copied().unwrap_or_default();
    [("median", median), ("greatest", known.last().copied().unwrap_or_default())]
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn a_spread_is_of_those_who_were_measured() {
        assert_eq!(spread(vec![3.0, 1.0, 2.0]), [("median", 2.0), ("greatest", 3.0)]);
        assert_eq!(spread(Vec::new()), [("median", 0.0), ("greatest", 0.0)]);
    }
}
