//! A call of looping recordings, with the configureMixer service and a mixing desk.
fn main() {}
