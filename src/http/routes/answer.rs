//! Answers that may be long: [`hold`], by which their memory is bounded while they are sent, as that of bodies is while they come.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;

use crate::http::{
    refused::Refused,
    state::ServiceState,
    work::{Room, Size, Work},
};

/// How much of an answer is handed to the connection at a time.
const PIECE: usize = 16 << 10;

/// Who has sent a request, once that is known.
#[derive(Debug, Clone, Default)]
pub(super) struct Subject(Arc<OnceLock<Option<String>>>);

impl Subject {
    pub fn set(&self, subject: Option<&str>) {
        // It is set once: a request has one token.
        let _set = self.0.set(subject.map(str::to_owned));
    }

    fn get(&self) -> Option<&str> {
        self.0.get()?.as_deref()
    }
}

/// The room that a request has for its answer from before its work on: what is done cannot be refused any more.
#[derive(Debug, Clone)]
pub(super) struct Reserved(Arc<Room>);

impl Reserved {
    pub fn new(room: Room) -> Self {
        Self(Arc::new(room))
    }
}

/// Sends a long answer only if there is room for it, and no longer than a body may take to come.
pub(super) async fn hold(State(service): State<Arc<ServiceState>>, mut request: Request, next: Next) -> Response {
    let subject = Subject::default();
    request.extensions_mut().insert(subject.clone());
    let (mut parts, body) = next.run(request).await.into_parts();
    let reserved = parts.extensions.remove::<Reserved>();
    let size = http_body::Body::size_hint(&body).exact().and_then(|size| usize::try_from(size).ok());
    // What others share, as the OpenAPI document, has its memory already, and says no size.
    let Some(size) = size.filter(|size| Size::of(*size) == Size::Large) else {
        return Response::from_parts(parts, body);
    };
    let room = match reserved.map_or_else(|| room(&service.work, &subject, size), |Reserved(room)| Ok(room)) {
        Ok(room) => room,
        Err(refused) => return refused.into_response(),
    };
    // It is there already, in one piece.
    let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    Response::from_parts(parts, Body::new(Held::new(bytes, room, service.options.limits.body_time)))
}

/// Room for an answer that has none yet: that of a request that only reads.
fn room(work: &Work, subject: &Subject, size: usize) -> Result<Arc<Room>, Refused> {
    let mut room = work.room(subject.get())?;
    work.grow(&mut room, subject.get(), size)?;
    Ok(Arc::new(room))
}

/// An answer, piece by piece, until it is sent or its time is over.
struct Held(Arc<Mutex<Left>>);

/// What is not sent yet, with its room; `None` when its time is over.
type Left = Option<(Bytes, Arc<Room>)>;

impl Held {
    fn new(bytes: Bytes, room: Arc<Room>, time: Duration) -> Self {
        let left = Arc::new(Mutex::new(Some((bytes, room))));
        let weak = Arc::downgrade(&left);
        tokio::spawn(async move {
            tokio::time::sleep(time).await;
            if let Some(left) = weak.upgrade() {
                lock(&left).take();
            }
        });
        Self(left)
    }
}

fn lock(left: &Mutex<Left>) -> MutexGuard<'_, Left> {
    left.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The client has not read an answer in time.
#[derive(Debug, thiserror::Error)]
#[error("the answer was not read in time")]
struct Late;

impl http_body::Body for Held {
    type Data = Bytes;
    type Error = Late;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Late>>> {
        let mut left = lock(&self.0);
        let Some((bytes, _)) = left.as_mut() else { return Poll::Ready(Some(Err(Late))) };
        if bytes.is_empty() {
            return Poll::Ready(None);
        }
        // A copy, so that what the connection has does not keep all of it.
        let piece = Bytes::copy_from_slice(&bytes.split_to(bytes.len().min(PIECE)));
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn size_hint(&self) -> SizeHint {
        lock(&self.0).as_ref().map_or_else(SizeHint::default, |(bytes, _)| SizeHint::with_exact(bytes.len() as u64))
    }
}

/// An answer of texts that many share.
pub(super) struct Shared(VecDeque<Bytes>);

impl Shared {
    pub fn new(pieces: impl IntoIterator<Item = Bytes>) -> Self {
        Self(pieces.into_iter().collect())
    }
}

impl http_body::Body for Shared {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(piece))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Limits;

    fn room() -> Arc<Room> {
        super::room(&Work::new(&Limits::default()), &Subject::default(), 0).unwrap()
    }

    #[tokio::test]
    async fn an_answer_comes_whole_and_in_pieces() {
        let text: Vec<u8> = (0..40_000_u32).map(|number| number as u8).collect();
        let mut held = Held::new(text.clone().into(), room(), Duration::from_secs(10));
        assert_eq!(http_body::Body::size_hint(&held).exact(), Some(40_000));
        let (mut read, mut pieces) = (Vec::new(), 0);
        while let Some(frame) = held.frame().await {
            read.extend_from_slice(frame.unwrap().data_ref().unwrap());
            pieces += 1;
        }
        assert_eq!((read, pieces), (text, 3));
        let shared = Shared::new(["a", "b"].map(Bytes::from)).collect().await.unwrap().to_bytes();
        assert_eq!(shared, "ab");
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_read_keeps_no_memory() {
        let work = Work::new(&Limits { bytes_at_once: 0, ..Limits::default() });
        let mut held =
            Held::new(Bytes::from(vec![0; 40_000]), Arc::new(work.room(None).unwrap()), Duration::from_secs(10));
        assert!(held.frame().await.unwrap().is_ok() && work.room(None).is_err());
        tokio::time::sleep(Duration::from_secs(11)).await;
        assert!(work.room(None).is_ok() && held.frame().await.unwrap().is_err());
    }
}
