//! What a call plays by the requests of clients: prompts into the whole call, and hold music to those on hold.
//!
//! Each is played by a participant of the service's own, which is in the call from its first use on. Its id begins with
//! `$`. Clients do not find it among the participants, and can neither mute nor remove it; but they can name it in a
//! configureMixer request, to set its level or to be ducked by it.

mod holding;
mod holds;
mod names;
mod parts;
mod playing;
mod prompt_error;
mod prompts;
mod reach;
mod resolver;
mod speaker;
mod unplayed;

use std::sync::Arc;

use holds::Holds;
use names::OWN;
pub(super) use names::{Names, PROMPTS};
pub(super) use parts::Parts;
pub use prompt_error::PromptError;
use prompts::Prompts;
pub use resolver::{NoPrompts, PromptAudio, PromptResolver};
use tokio::runtime::Handle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::calls::{Member, Place, Request};
use crate::{
    Generation,
    config::{ActionRequest, CommsOperation, PlayPromptRequest, StartHoldMusicRequest},
    stream::Clip,
};

/// The media of a call.
#[derive(Debug)]
pub(super) struct Media {
    prompts: Arc<Prompts>,
    holds: Arc<Holds>,
    names: Names,
    tasks: TaskTracker,
    runtime: Handle,
    /// Ends what is fetched still.
    closed: CancellationToken,
}

impl Media {
    /// The media of a call, and the task that plays its prompts.
    pub fn start(parts: Parts, hold_music: Option<Clip>, (tasks, runtime): (&TaskTracker, &Handle)) -> Self {
        let prompts = Arc::new(Prompts::new(parts.clone()));
        tasks.spawn_on(Arc::clone(&prompts).run(), runtime);
        Self {
            prompts,
            names: parts.names.clone(),
            holds: Arc::new(Holds::new(parts, hold_music)),
            tasks: tasks.clone(),
            runtime: runtime.clone(),
            closed: CancellationToken::new(),
        }
    }

    /// Plays prompts to everybody, behind those that are played already.
    pub fn play(&self, request: PlayPromptRequest, place: Place<'_>) -> CommsOperation {
        self.prompts.play(request, place)
    }

    /// Cancels all prompts.
    pub fn cancel(&self, request: Request, place: Place<'_>) -> CommsOperation {
        self.prompts.cancel(request, place)
    }

    /// Mutes the prompts, or ends that. Returns when.
    pub fn set_muted(&self, muted: bool) -> Generation {
        self.prompts.set_muted(muted)
    }

    /// Puts a participant on hold.
    pub fn hold(&self, participant: Member, request: StartHoldMusicRequest, place: Place<'_>) -> CommsOperation {
        let (operation, rest) = self.holds.start(participant, request, place);
        if let Some(rest) = rest {
            let closed = self.closed.clone();
            let rest = async move { closed.run_until_cancelled(rest).await };
            self.tasks.spawn_on(rest, &self.runtime);
        }
        operation
    }

    /// Takes a participant off hold.
    pub fn resume(&self, participant: &Member, request: ActionRequest, place: Place<'_>) -> CommsOperation {
        self.holds.stop(participant, request, place)
    }

    /// Whether a participant is one of the service's own, or of that of another node.
    pub fn owns(&self, id: &str) -> bool {
        let owns = || self.prompts.owns(id) || self.holds.owns(id) || self.names.may_be_of_another_node(id);
        id.starts_with(OWN) && owns()
    }

    /// Cancels what would never end: the service takes on no more changes.
    pub fn drain(&self) {
        self.prompts.drain();
    }

    /// Takes out what plays to nobody any more.
    pub fn sweep(&self) {
        self.holds.sweep();
    }

    /// Takes out all that plays: the call has ended.
    pub fn close(&self) {
        self.closed.cancel();
        self.prompts.close();
        self.holds.close();
    }
}
