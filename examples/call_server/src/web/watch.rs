//! The state of the desk: `/desk/state`, a WebSocket. Each state is made once for all clients; a
//! client that is too slow gets the newest state and skips older ones.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{
        State,
        ws::{Message, Utf8Bytes},
    },
    response::Response,
};
use mixminus::{Controller, cluster::Conference};
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};

use super::{
    Web,
    door::Desk,
    sockets::{Feed, Sort},
    state,
};
use crate::{live::People, room::Ticker};

/// How often a new state is made.
const PERIOD: Duration = Duration::from_millis(100);

/// Where the newest state is published.
#[derive(Debug)]
pub struct States(watch::Sender<Utf8Bytes>);

impl States {
    /// Starts to make states, for as long as the runtime runs.
    pub fn begin(
        call: String,
        controller: Controller,
        conference: Option<Conference>,
        ticker: Arc<Ticker>,
        people: Arc<People>,
    ) -> Self {
        let states = watch::Sender::default();
        tokio::spawn(make(states.clone(), call, (controller, conference), ticker, people));
        Self(states)
    }
}

async fn make(
    states: watch::Sender<Utf8Bytes>,
    call: String,
    (controller, conference): (Controller, Option<Conference>),
    ticker: Arc<Ticker>,
    people: Arc<People>,
) {
    let mut clock = interval(PERIOD);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        if states.receiver_count() > 0 {
            let state =
                state::json(&call, &controller, conference.as_ref(), ticker.readings().as_ref(), people.connections());
            states.send_replace(state.into());
        }
    }
}

/// Sends ten states a second.
pub async fn watch(desk: Desk, State(web): State<Arc<Web>>) -> Response {
    web.sockets.open(desk, Sort::Watcher, Seen(web.states.0.subscribe()))
}

#[derive(Debug)]
struct Seen(watch::Receiver<Utf8Bytes>);

impl Feed for Seen {
    async fn next(&mut self) -> Option<Message> {
        self.0.changed().await.ok()?;
        Some(Message::Text(self.0.borrow_and_update().clone()))
    }
}
