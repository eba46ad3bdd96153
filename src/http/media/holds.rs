//! Who is on hold by a client's request, and what they hear: [`Holds`].

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{
    holding::Begun,
    parts::{Fetched, Parts},
    speaker::Speaker,
    unplayed::Unplayed,
};
use crate::{
    ParticipantKey,
    config::{ActionRequest, CommsOperation, MediaInfo, OperationKind, StartHoldMusicRequest},
    http::calls::{Member, Place, Request},
    stream::Clip,
};

/// The holds of a call.
#[derive(Debug)]
pub(super) struct Holds {
    parts: Parts,
    /// The call's hold music; silence if there is none.
    music: Option<Clip>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// How many requests there were.
    turn: u64,
    /// Plays the call's hold music while somebody hears it.
    speaker: Option<Speaker>,
    held: HashMap<String, Held>,
    is_closed: bool,
}

/// One participant who is on hold, or will be once its music is there.
#[derive(Debug)]
struct Held {
    /// `None` if it only hears, at another node.
    key: Option<ParticipantKey>,
    /// The newest request for it.
    turn: u64,
    /// Whether its music is fetched still.
    is_pending: bool,
    /// When its hold has begun: at another node it takes effect later.
    begun: Instant,
    /// Plays music of its own.
    speaker: Option<Speaker>,
}

impl Holds {
    pub fn new(parts: Parts, music: Option<Clip>) -> Self {
        Self { parts, music, state: Mutex::default() }
    }

    /// Puts a participant on hold with the call's music, or once it is fetched with music of its own: then also returns
    /// what is left to be done.
    pub fn start(
        self: &Arc<Self>,
        participant: Member,
        request: StartHoldMusicRequest,
        place: Place<'_>,
    ) -> (CommsOperation, Option<impl Future<Output = ()> + Send + use<>>) {
        let StartHoldMusicRequest { custom_prompt, client_context } = request;
        let operation = place.begin_untimed(Request { kind: OperationKind::StartHoldMusic, client_context });
        let Some(prompt) = custom_prompt else {
            self.settle(&operation.id, |state| self.hold(state, &participant, None));
            return (self.now(operation), None);
        };
        let turn = self.state().expect_music(&participant);
        let (holds, id) = (Arc::clone(self), operation.id.clone());
        let rest = async move { holds.fetch_and_hold(participant, prompt.media_info, turn, &id).await };
        (operation, Some(rest))
    }

    /// Ends a hold. Does nothing if there is none.
    pub fn stop(&self, participant: &Member, request: ActionRequest, place: Place<'_>) -> CommsOperation {
        let ActionRequest { client_context } = request;
        let operation = place.begin_untimed(Request { kind: OperationKind::StopHoldMusic, client_context });
        let id = participant.id.as_str();
        self.settle(&operation.id, |state| {
            let before = state.held.remove(id);
            let resumed = self.parts.resume(id);
            // Its music plays until it does not hear it any more.
            drop(before);
            resumed
        });
        self.now(operation)
    }

    async fn fetch_and_hold(&self, participant: Member, media: MediaInfo, turn: u64, operation: &str) {
        let id = participant.id.as_str();
        let music = self.fetch(id, &media, turn).await;
        self.settle(operation, |state| {
            let held = state.held.get_mut(id).filter(|held| held.turn == turn).ok_or(Unplayed::Superseded)?;
            held.is_pending = false;
            // With its turn until it counts as music of the call.
            let music = music?;
            state.admit(id, turn, music.audio.duration_ms(), self.parts.most_music)?;
            let name = format!("{}.{turn}", self.parts.names.music);
            let speaker = Speaker::for_music(&self.parts.controller, &name, &music.audio)?;
            self.hold(state, &participant, Some(speaker))
        });
    }

    /// The music for a participant. What is not to be played any more is not fetched, and what is too long not converted.
    async fn fetch(&self, id: &str, media: &MediaInfo, turn: u64) -> Result<Fetched<Clip>, Unplayed> {
        let admit = |ms| self.state().admit(id, turn, ms, self.parts.most_music);
        let its_turn = self.parts.turn().await?;
        admit(0.0)?;
        let fetched = self.parts.fetch(media, its_turn).await?;
        admit(fetched.audio.duration_ms())?;
        self.parts.convert(fetched).await
    }

    /// Puts a participant on hold with music of its own, or with the call's.
    fn hold(&self, state: &mut State, participant: &Member, speaker: Option<Speaker>) -> Result<Begun, Unplayed> {
        let id = participant.id.as_str();
        let music = match &speaker {
            Some(speaker) => Some(speaker.id()),
            None => state.call_music(&self.parts, self.music.as_ref())?,
        };
        let music: Vec<&str> = music.into_iter().collect();
        let begun = self.parts.hold(participant, &music)?;
        state.turn += 1;
        let held = Held { key: participant.key, turn: state.turn, is_pending: false, begun: Instant::now(), speaker };
        state.held.insert(id.to_owned(), held);
        Ok(begun)
    }

    /// Makes a change, and lets its operation end when it is in a mix.
    fn settle(&self, operation: &str, change: impl FnOnce(&mut State) -> Result<Begun, Unplayed>) {
        let ledger = &self.parts.ledger;
        let in_order = ledger.order();
        let changed = {
            let mut state = self.state();
            if state.is_closed { Err(Unplayed::CallEnded) } else { change(&mut state) }
        };
        match changed {
            Ok(begun) => self.parts.follow(operation, begun),
            Err(unplayed) => {
                drop(in_order);
                ledger.finish(operation, unplayed.end());
            }
        }
    }

    /// An operation as it stands.
    fn now(&self, operation: CommsOperation) -> CommsOperation {
        self.parts.ledger.get(&operation.id).unwrap_or(operation)
    }

    /// Whether this is a participant that plays music.
    pub fn owns(&self, id: &str) -> bool {
        let state = self.state();
        let own = state.held.values().filter_map(|held| held.speaker.as_ref());
        own.chain(&state.speaker).any(|speaker| speaker.id() == id)
    }

    /// Stops the music of those who have left, or were taken off hold by the host.
    pub fn sweep(&self) {
        let is_held = |id: &str, held: &Held| {
            let on_hold = self.parts.on_hold(id, held.key);
            on_hold.is_some_and(|on_hold| held.is_pending || on_hold || self.parts.is_under_way(held.begun))
        };
        let mut state = self.state();
        let gone: Vec<_> = state.held.extract_if(|id, held| !is_held(id, held)).collect();
        let is_heard = state.held.values().any(|held| held.speaker.is_none());
        let silent = if is_heard { None } else { state.speaker.take() };
        // Under the lock: music that comes anew has the same id.
        drop((gone, silent));
        drop(state);
    }

    /// Plays nothing any more. Who is on hold stays on hold.
    pub fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        let playing = (std::mem::take(&mut state.held), state.speaker.take());
        drop(state);
        drop(playing);
    }

    /// A poisoned lock is used as it is: at worst music plays to nobody.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether a participant may get so much music by a request, which has to be the newest one for it.
    fn admit(&self, id: &str, turn: u64, ms: f64, most: Duration) -> Result<(), Unplayed> {
        if self.held.get(id).is_none_or(|held| held.turn != turn) {
            return Err(Unplayed::Superseded);
        }
        let is_room = self.music_ms_but_of(id) + ms <= most.as_secs_f64() * 1000.0;
        if is_room { Ok(()) } else { Err(Unplayed::TooMuchMusic { most }) }
    }

    /// How much music there is for others than this participant.
    fn music_ms_but_of(&self, id: &str) -> f64 {
        let others = self.held.iter().filter(|(other, _)| *other != id);
        others.filter_map(|(_, held)| held.speaker.as_ref()).map(Speaker::music_ms).sum()
    }

    /// A participant is to get music of its own. Returns the number of the request.
    fn expect_music(&mut self, participant: &Member) -> u64 {
        self.turn += 1;
        let new = Held { key: participant.key, turn: 0, is_pending: true, begun: Instant::now(), speaker: None };
        let held = self.held.entry(participant.id.to_string()).or_insert(new);
        (held.turn, held.is_pending) = (self.turn, true);
        self.turn
    }

    /// The id of the participant that plays the call's music, which comes into the call if need be.
    fn call_music(&mut self, parts: &Parts, music: Option<&Clip>) -> Result<Option<&str>, Unplayed> {
        let Some(clip) = music else { return Ok(None) };
        if !self.speaker.as_ref().is_some_and(Speaker::is_here) {
            self.speaker = Some(Speaker::for_music(&parts.controller, &parts.names.music, clip)?);
        }
        Ok(self.speaker.as_ref().map(Speaker::id))
    }
}
