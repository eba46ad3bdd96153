//! What a participant hears: `/desk/listen/{participant}`, a WebSocket.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Path, State, ws::Message},
    response::{IntoResponse, Response},
};
use mixminus::config::ErrorCode;
use serde_json::json;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{
    Web,
    door::Desk,
    refused::Refused,
    sockets::{Feed, Sort},
};
use crate::room::SAMPLE_RATE;

/// Sends a description of the samples, and then messages of 20 ms each.
pub async fn listen(desk: Desk, State(web): State<Arc<Web>>, Path(id): Path<String>) -> Response {
    match web.ears.listen(&id) {
        Some(packets) => web.sockets.open(desk, Sort::Listener, Heard { packets, has_begun: false }),
        None => nobody(&web, &id).into_response(),
    }
}

/// Nobody of this id hears anything here: maybe elsewhere.
fn nobody(web: &Web, id: &str) -> Refused {
    let elsewhere = web.conference.as_ref().and_then(|conference| conference.participant(id).ok()?.node);
    match elsewhere {
        Some(node) => {
            let message = format!("participant {id:?} is at the server {node} of this call: listen there");
            Refused::new(ErrorCode::NotFound, message)
        }
        None => Refused::new(ErrorCode::NotFound, format!("there is no participant {id:?}")),
    }
}

#[derive(Debug)]
struct Heard {
    packets: Receiver<Bytes>,
    has_begun: bool,
}

impl Feed for Heard {
    async fn next(&mut self) -> Option<Message> {
        if !self.has_begun {
            self.has_begun = true;
            return Some(Message::text(json!({ "sampleRate": SAMPLE_RATE, "channels": 1 }).to_string()));
        }
        loop {
            match self.packets.recv().await {
                Ok(packet) => return Some(Message::Binary(packet)),
                Err(RecvError::Lagged(lost)) => tracing::debug!(lost, "a listener is too slow"),
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::Ears;

    #[tokio::test]
    async fn a_slow_client_loses_the_oldest_packets_and_delays_nobody() {
        let ears = Ears::default();
        let sender = ears.add("a");
        let mut heard = Heard { packets: ears.listen("a").unwrap(), has_begun: false };
        (0..100_u8).for_each(|number| {
            sender.send(Bytes::from(vec![number])).unwrap();
        });
        assert_eq!(heard.next().await, Some(Message::text(r#"{"channels":1,"sampleRate":48000}"#)));
        let Some(Message::Binary(oldest)) = heard.next().await else { panic!("no audio") };
        assert!((50..99).contains(&oldest[0]), "{oldest:?}");
        for number in oldest[0] + 1..100 {
            assert_eq!(heard.next().await, Some(Message::Binary(vec![number].into())));
        }
        drop((sender, ears));
        assert_eq!(heard.next().await, None);
    }
}
