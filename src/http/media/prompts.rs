//! The prompts of a call, one request after the other: [`Prompts`].

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{parts::Parts, playing::Playing, speaker::Speaker, unplayed::Unplayed};
use crate::{
    Generation,
    config::{CommsOperation, CompletionReason, MediaInfo, OperationKind, PlayPromptRequest},
    http::calls::{End, Place, Request},
    stream::PlayerOptions,
};

/// What is played into the whole call, in the order of the requests.
#[derive(Debug)]
pub(super) struct Prompts {
    parts: Parts,
    state: Mutex<State>,
    /// Wakes the task when there is something to play, and at the end.
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Order>,
    current: Option<Current>,
    /// The operations that have cancelled what is played, and end with it.
    cancels: Vec<String>,
    /// Whether the call's own media are muted.
    is_muted: bool,
    speaker: Option<Arc<Speaker>>,
    is_closed: bool,
}

/// The request that is fetched or played.
#[derive(Debug)]
struct Current {
    looped: bool,
    cancelled: CancellationToken,
}

/// A request for prompts.
#[derive(Debug)]
struct Order {
    operation: String,
    prompts: Vec<MediaInfo>,
    looped: bool,
}

const CANCELLED: End = End::Played(CompletionReason::MediaOperationCanceled);

impl Prompts {
    pub fn new(parts: Parts) -> Self {
        Self { parts, state: Mutex::default(), changed: Notify::new() }
    }

    /// Puts prompts behind those that wait.
    pub fn play(&self, request: PlayPromptRequest, place: Place<'_>) -> CommsOperation {
        let PlayPromptRequest { prompts, looped, client_context } = request;
        let mut state = self.state();
        let operation = place.begin_untimed(Request { kind: OperationKind::PlayPrompt, client_context });
        let prompts = prompts.into_iter().map(|prompt| prompt.media_info).collect();
        state.waiting.push_back(Order { operation: operation.id.clone(), prompts, looped });
        self.changed.notify_one();
        operation
    }

    /// Cancels what is played and what waits. The operation ends when nothing of it is heard any more.
    pub fn cancel(&self, request: Request, place: Place<'_>) -> CommsOperation {
        let operation = place.begin_untimed(request);
        let (waiting, is_silent) = {
            let mut state = self.state();
            let is_silent = state.current.is_none();
            if let Some(current) = &state.current {
                current.cancelled.cancel();
                state.cancels.push(operation.id.clone());
            }
            (std::mem::take(&mut state.waiting), is_silent)
        };
        self.finish_all(&waiting);
        if is_silent {
            self.parts.ledger.finish(&operation.id, End::Mixed);
        }
        self.parts.ledger.get(&operation.id).unwrap_or(operation)
    }

    /// Mutes what is played, which goes on meanwhile, or ends that. Returns when.
    pub fn set_muted(&self, is_muted: bool) -> Generation {
        let mut state = self.state();
        state.is_muted = is_muted;
        let speaker = state.speaker.as_ref();
        let mute = |changes: &mut crate::Changes<'_>| speaker.map(|speaker| changes.set_muted(speaker.id(), is_muted));
        self.parts.controller.change(mute).1
    }

    /// Whether this is the participant that plays prompts.
    pub fn owns(&self, id: &str) -> bool {
        self.state().speaker.as_ref().is_some_and(|speaker| speaker.id() == id)
    }

    /// Cancels what would never end, and what waits behind it.
    pub fn drain(&self) {
        let endless = {
            let mut state = self.state();
            let current = state.current.as_ref().filter(|current| current.looped);
            let from = match current {
                Some(current) => {
                    current.cancelled.cancel();
                    Some(0)
                }
                None => state.waiting.iter().position(|order| order.looped),
            };
            from.map(|from| state.waiting.split_off(from)).unwrap_or_default()
        };
        self.finish_all(&endless);
    }

    /// Plays nothing any more. The operations have ended with their call.
    pub fn close(&self) {
        let speaker = {
            let mut state = self.state();
            state.is_closed = true;
            state.waiting.clear();
            state.current.iter().for_each(|current| current.cancelled.cancel());
            state.speaker.take()
        };
        self.changed.notify_one();
        drop(speaker);
    }

    /// Plays what is asked for until it is closed.
    pub async fn run(self: Arc<Self>) {
        while let Some((order, cancelled)) = self.next().await {
            let end = cancelled.run_until_cancelled(self.perform(&order)).await;
            let end = end.unwrap_or(Ok(CompletionReason::MediaOperationCanceled));
            let silent = match end {
                Ok(CompletionReason::CompletedSuccessfully) => Ok(()),
                _ => self.silence().await,
            };
            self.end(&order, silent.and(end));
        }
    }

    async fn perform(&self, order: &Order) -> Result<CompletionReason, Unplayed> {
        let mut clips = Vec::with_capacity(order.prompts.len());
        let mut left_ms = PlayerOptions::default().bound_ms;
        for media in &order.prompts {
            let fetched = self.parts.fetch(media, self.parts.turn().await?).await?;
            let clip = self.parts.convert(fetched).await?.audio;
            left_ms -= clip.duration_ms();
            clips.push(clip);
            if left_ms < 0.0 {
                // The player refuses it: what comes behind it need not be fetched.
                break;
            }
        }
        Playing::new(&self.parts, self.speaker()?).play(&clips, order.looped).await
    }

    /// Fades out what is heard, if anything is.
    async fn silence(&self) -> Result<(), Unplayed> {
        let speaker = self.state().speaker.clone();
        match speaker {
            Some(speaker) => Playing::new(&self.parts, speaker).stop().await,
            None => Ok(()),
        }
    }

    /// Ends a request, and those that have cancelled it.
    fn end(&self, order: &Order, end: Result<CompletionReason, Unplayed>) {
        let cancels = {
            let mut state = self.state();
            state.current = None;
            std::mem::take(&mut state.cancels)
        };
        let (end, cancelled) = match end {
            Ok(reason) => (End::Played(reason), End::Mixed),
            Err(unplayed) => (unplayed.end(), unplayed.end_of_cancel()),
        };
        self.parts.ledger.finish(&order.operation, end);
        cancels.iter().for_each(|cancel| self.parts.ledger.finish(cancel, cancelled.clone()));
    }

    fn finish_all(&self, orders: &VecDeque<Order>) {
        orders.iter().for_each(|order| self.parts.ledger.finish(&order.operation, CANCELLED));
    }

    /// The player, in the call from the first prompt on.
    fn speaker(&self) -> Result<Arc<Speaker>, Unplayed> {
        let mut state = self.state();
        match &state.speaker {
            Some(speaker) if speaker.is_here() => Ok(Arc::clone(speaker)),
            _ if state.is_closed => Err(Unplayed::CallEnded),
            _ => {
                let speaker =
                    Arc::new(Speaker::for_prompts(&self.parts.controller, &self.parts.names.prompts, state.is_muted)?);
                state.speaker = Some(Arc::clone(&speaker));
                Ok(speaker)
            }
        }
    }

    /// The next request; `None` once it is closed.
    async fn next(&self) -> Option<(Order, CancellationToken)> {
        loop {
            {
                let mut state = self.state();
                if state.is_closed {
                    return None;
                } else if let Some(order) = state.waiting.pop_front() {
                    let cancelled = CancellationToken::new();
                    state.current = Some(Current { looped: order.looped, cancelled: cancelled.clone() });
                    return Some((order, cancelled));
                }
            }
            self.changed.notified().await;
        }
    }

    /// A poisoned lock is used as it is: a panic leaves no order half taken.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
