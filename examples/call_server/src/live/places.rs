//! The thread that hears what becomes of connections, and frees the places that were kept long enough.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::{Duration, Instant},
};

use super::{
    leg::ConnectionId,
    people::{News, People},
};
use crate::room::Stop;

/// How often the thread looks whether it is to stop.
const INTERVAL: Duration = Duration::from_millis(100);

/// What became of a connection.
#[derive(Debug)]
pub struct Notice {
    pub id: String,
    pub connection: ConnectionId,
    pub news: News,
}

/// Runs until it is told to stop, or nobody is left to tell anything.
pub fn keep(people: &Arc<People>, notices: &Receiver<Notice>, stop: &Stop) {
    while !stop.is_asked_for() {
        match notices.recv_timeout(INTERVAL) {
            Ok(Notice { id, connection, news }) => people.hear(&id, connection, news, Instant::now()),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        people.sweep(Instant::now());
    }
}
