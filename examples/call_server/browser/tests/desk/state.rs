//! Reads the messages of the state socket.

use serde_json::{Value, json};

/// A participant in a state.
pub fn participant<'a>(state: &'a Value, id: &str) -> Option<&'a Value> {
    state["participants"].as_array()?.iter().find(|participant| participant["id"] == id)
}

/// The mixer levels in force for a listener.
pub fn row<'a>(state: &'a Value, listener: &str) -> Option<&'a Value> {
    participant(state, listener).map(|participant| &participant["mixerLevel"])
}

/// The peak of a listener's mix in dBFS; `None` for silence.
pub fn peak(state: &Value, listener: &str) -> Option<f64> {
    participant(state, listener)?["mix"]["peakDbfs"].as_f64()
}

/// The entry of a source in a listener's levels.
pub fn listed<'a>(state: &'a Value, listener: &str, source: &str) -> Option<&'a Value> {
    row(state, listener)?["sourceLevels"].as_array()?.iter().find(|entry| entry["participant"] == source)
}

/// The first listener, and the first other participant who sends.
pub fn pair(state: &Value) -> (String, String) {
    let ids = |what: &'static str| {
        let participants = state["participants"].as_array().into_iter().flatten();
        participants.filter(move |one| one[what] == json!(true)).filter_map(|one| one["id"].as_str())
    };
    let listener = ids("hears").next().expect("somebody hears");
    let source = ids("sends").find(|id| *id != listener).expect("somebody else sends");
    (listener.to_owned(), source.to_owned())
}
