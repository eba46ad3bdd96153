//! What the service does for all callers at a time, at most: [`Work`]. Turns are places on the threads that work, and room is
//! memory for bodies and answers.

use std::{sync::Arc, time::Duration};

use super::{
    Limits,
    refused::Refused,
    shares::{NoShare, Share, Shares},
};
use crate::config::ErrorCode;

/// The bounds of the work and of the memory for it, and who has how much of them.
#[derive(Debug)]
pub(super) struct Work {
    small: Shares<Caller>,
    large: Shares<Caller>,
    /// For the first bytes of each request, and for all others; in KiB.
    beginnings: Shares<Caller>,
    rests: Shares<Caller>,
    patience: Duration,
    /// The turns at fetching prompts, of which each call has at most half.
    pub prompts: Arc<Shares<String>>,
}

/// A caller's subject.
type Caller = Option<String>;

/// How many times the longest body there has to be room for. Each caller has a half of a half of it: the other half is for
/// beginnings. A body, and its answer, which can have another one's bytes beside its own, take two at most.
const BODIES: usize = 8;

/// How much work a request is. Small ones do not wait for large ones, of the same caller either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    Small,
    Large,
}

/// A turn: as long as it is held, one less can work.
#[derive(Debug)]
pub(super) struct Turn {
    _share: Share,
}

/// The memory that a request holds.
#[derive(Debug)]
pub(super) struct Room {
    _beginning: Share,
    rest: Option<Share>,
}

/// What of a request is its beginning: enough for most, so that they find room when large ones have taken all that there is
/// for the rest.
const BEGINNING: usize = 16 << 10;

impl Size {
    pub fn of(bytes: usize) -> Self {
        if bytes <= BEGINNING { Self::Small } else { Self::Large }
    }
}

impl Work {
    /// How many bytes [`Limits::bytes_at_once`] has to be at least, so that any body finds room when there is no other.
    pub fn least_bytes(limits: &Limits) -> usize {
        limits.body_bytes.saturating_mul(BODIES)
    }

    pub fn new(limits: &Limits) -> Self {
        let half = limits.bytes_at_once.div_ceil(2).div_ceil(1024);
        Self {
            small: Shares::new(limits.work_at_once),
            large: Shares::new(limits.work_at_once.div_ceil(2)),
            beginnings: Shares::new(half.max(2 * BEGINNING / 1024)),
            rests: Shares::new(half),
            patience: limits.wait,
            prompts: Arc::new(Shares::new(limits.prompts_at_once)),
        }
    }

    /// Waits until it is a caller's turn.
    ///
    /// # Errors
    /// It takes too long.
    pub async fn turn(&self, caller: Option<&str>, size: Size) -> Result<Turn, Refused> {
        let shares = match size {
            Size::Small => &self.small,
            Size::Large => &self.large,
        };
        let turn = tokio::time::timeout(self.patience, shares.wait(&caller.map(str::to_owned))).await;
        turn.map(|share| Turn { _share: share }).map_err(|_too_long| {
            let message = format!("the service is busy: it was not your turn within {} ms", self.patience.as_millis());
            Refused::new(ErrorCode::ServiceUnavailable, message).retry_after(Duration::from_secs(1))
        })
    }

    /// Room for the beginning of a request.
    ///
    /// # Errors
    /// There is none left.
    pub fn room(&self, caller: Option<&str>) -> Result<Room, Refused> {
        let beginning = self.beginnings.take(&caller.map(str::to_owned), BEGINNING / 1024).map_err(no_room)?;
        Ok(Room { _beginning: beginning, rest: None })
    }

    /// Makes room for so many bytes of a request in all.
    ///
    /// # Errors
    /// There is none left, or there never is so much for one caller.
    pub fn grow(&self, room: &mut Room, caller: Option<&str>, bytes: usize) -> Result<(), Refused> {
        let rest = bytes.saturating_sub(BEGINNING).div_ceil(1024);
        self.rests.grow(&mut room.rest, &caller.map(str::to_owned), rest).map_err(no_room)
    }
}

/// How long a client waits that sends more than it may: one after the other it can send no more than five such requests a second,
/// and takes no time from others meanwhile. On a connection of HTTP/2 it can send as many at a time as the server lets it.
const PAUSE: Duration = Duration::from_millis(200);

/// Lets a client wait that is refused because it sends too much.
pub(super) async fn pause() {
    tokio::time::sleep(PAUSE).await;
}

fn no_room(none: NoShare) -> Refused {
    let refused = |message| Refused::new(ErrorCode::ServiceUnavailable, message);
    match none {
        NoShare::Now => refused("the service is busy: there is no room for more requests of this size")
            .retry_after(Duration::from_secs(1)),
        NoShare::Ever => refused("the service never has room for as much as this"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse;

    fn work() -> Work {
        let limits =
            Limits { bytes_at_once: 256 << 10, work_at_once: 2, wait: Duration::from_millis(10), ..Limits::default() };
        Work::new(&limits)
    }

    #[test]
    fn there_is_room_for_small_requests_when_large_ones_have_taken_theirs() {
        let work = work();
        let mut large = work.room(Some("anna")).unwrap();
        work.grow(&mut large, Some("anna"), BEGINNING).unwrap();
        work.grow(&mut large, Some("anna"), 60 << 10).unwrap();
        work.grow(&mut large, Some("anna"), 80 << 10).unwrap();
        assert!(work.grow(&mut large, Some("anna"), 81 << 10).is_err(), "the half of 128 KiB, and a beginning");
        let mut small = work.room(Some("anna")).unwrap();
        assert!(work.grow(&mut small, Some("anna"), BEGINNING).is_ok());
        drop(large);
        assert!(work.grow(&mut small, Some("anna"), 80 << 10).is_ok());
    }

    #[test]
    fn what_never_has_room_is_not_told_to_try_again_and_the_longest_body_and_its_answer_have() {
        let limits = Limits { body_bytes: 100_000, bytes_at_once: 800_000, ..Limits::default() };
        assert_eq!(Work::least_bytes(&limits), limits.bytes_at_once);
        let work = Work::new(&limits);
        let mut room = work.room(None).unwrap();
        let answer = |refused: Refused| refused.into_response().headers().contains_key("retry-after");
        assert!(!answer(work.grow(&mut room, None, 300_000).unwrap_err()));
        work.grow(&mut room, None, 100_000).unwrap();
        let mut other = work.room(None).unwrap();
        assert!(answer(work.grow(&mut other, None, 200_000).unwrap_err()));
        work.grow(&mut room, None, 200_000 + 1024).unwrap();
    }

    #[test]
    fn the_least_memory_is_enough_for_a_small_request() {
        let work = Work::new(&Limits { bytes_at_once: 0, work_at_once: 0, ..Limits::default() });
        assert!(work.room(None).is_ok());
    }

    #[tokio::test]
    async fn small_work_does_not_wait_for_large_work_and_nobody_waits_for_ever() {
        let work = work();
        let _large = work.turn(None, Size::Large).await.unwrap();
        assert!(work.turn(None, Size::Large).await.is_err());
        let _small = work.turn(None, Size::Small).await.unwrap();
        assert!(work.turn(None, Size::Small).await.is_err());
        assert!(work.turn(Some("anna"), Size::Small).await.is_ok());
    }
}
