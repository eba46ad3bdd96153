//! A request that begins an operation: [`Action`], from the token to the answer.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Json,
    body::Body,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{answer::Reserved, blocking, body, caller::Caller, headers, intake::Intake, location::Asked};
use crate::{
    config::{CommsOperation, ErrorCode, RequestError, Ruled, Unchecked, read_json},
    http::{
        calls::{Call, Failure, NoPlace, Place},
        refused::Refused,
        state::ServiceState,
        work::{Room, Size},
    },
};

/// A request with a body that changes a call. The token is checked; nothing is read of the body.
#[derive(Debug)]
pub(super) struct Action {
    pub caller: Caller,
    asked: Asked,
    headers: HeaderMap,
    body: Body,
}

/// How an operation that has begun is answered.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    /// With 200 and the operation, or as the client prefers with 202 and no body.
    Ok,
    /// With 202 and the operation.
    Accepted,
}

impl FromRequest<Arc<ServiceState>> for Action {
    type Rejection = Refused;

    async fn from_request(request: Request, service: &Arc<ServiceState>) -> Result<Self, Refused> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, service).await?;
        let asked = Asked::from_request_parts(&mut parts, service).await?;
        Ok(Self { caller, asked, headers: parts.headers, body })
    }
}

impl Action {
    /// Reads the body, does the work on a thread that may block, and answers with the operation that it begins.
    pub async fn run(
        self,
        service: &Arc<ServiceState>,
        form: Form,
        work: impl FnOnce(&Arc<Call>, &Caller, &[u8]) -> Result<CommsOperation, Refused> + Send + 'static,
    ) -> Result<Response, Refused> {
        let is_async = headers::prefers_async(&self.headers);
        let begin = move |call: &Arc<Call>, caller: &Caller, body: &[u8], _: &mut Option<Room>| {
            work(call, caller, body).inspect(|operation| accepted(caller, Some(&operation.id)))
        };
        let Changed { done: operation, asked, room } = self.change(service, begin).await?;
        let location = [(header::LOCATION, asked.operation(&operation.id))];
        let answer = match form {
            Form::Accepted => (StatusCode::ACCEPTED, location, Json(operation)).into_response(),
            Form::Ok if is_async => {
                (StatusCode::ACCEPTED, location, [("preference-applied", "respond-async")]).into_response()
            }
            Form::Ok => (StatusCode::OK, location, Json(operation)).into_response(),
        };
        Ok((room, answer).into_response())
    }

    /// Reads the body, and does the work on a thread that may block. The work has the room of the body, which is enough for
    /// an answer that has little more than that: for a longer one it lets the room grow before it changes anything.
    pub async fn change<T: Send + 'static>(
        self,
        service: &Arc<ServiceState>,
        work: impl FnOnce(&Arc<Call>, &Caller, &[u8], &mut Option<Room>) -> Result<T, Refused> + Send + 'static,
    ) -> Result<Changed<T>, Refused> {
        let Self { caller, asked, headers, body } = self;
        let call = caller.live_call(service).await?;
        headers::require_json(&headers)?;
        let mut intake = Intake::new(service, &call, &caller)?;
        let body = body::read(body, &service.options.limits, &mut intake).await?;
        intake.hold(body.len() + OF_AN_ANSWER)?;
        let (mut room, subject) = (intake.into_room(), caller.subject().map(str::to_owned));
        let done = blocking::run(service, subject, Size::of(body.len()), move || {
            let done = work(&call, &caller, &body, &mut room)?;
            Ok::<_, Refused>((done, room.map(Reserved::new).map(Extension)))
        });
        let (done, room) = done.await??;
        Ok(Changed { done, asked, room })
    }
}

/// How many bytes more than its request an answer has at most that says what the request said: an escape in JSON is never
/// longer than it was.
const OF_AN_ANSWER: usize = 1 << 10;

/// What has become of a request.
#[derive(Debug)]
pub(super) struct Changed<T> {
    pub done: T,
    /// Where the request was to.
    pub asked: Asked,
    /// The room for the answer, to be given back with it.
    pub room: Option<Extension<Reserved>>,
}

/// Tells through `tracing` that a request was accepted, and which operation it has begun.
#[cfg_attr(not(feature = "tracing"), allow(unused_variables, reason = "emitted with the feature only"))]
pub(super) fn accepted(caller: &Caller, operation: Option<&str>) {
    #[cfg(feature = "tracing")]
    tracing::info!(
        target: "mixminus", call = caller.call(), operation, subject = caller.subject(), "a request was accepted"
    );
}

/// Reads a body that names nobody, and checks it.
pub(super) fn read<T: Ruled>(body: &[u8]) -> Result<T, Refused> {
    let read = read_json::<Unchecked<T>>(body).map_err(RequestError::from)?;
    Ok(read.check().map_err(RequestError::from)?)
}

/// A place for a change, if the call takes on any.
pub(super) fn admit(call: &Call) -> Result<Place<'_>, Refused> {
    call.ledger.reserve().map_err(|none| refuse(none, call))
}

fn refuse(none: NoPlace, call: &Call) -> Refused {
    let soon = Duration::from_secs(1);
    match none {
        NoPlace::Full { most } => {
            let message = format!("{most} operations of this call run already");
            Refused::new(ErrorCode::TooManyRequests, message).retry_after(soon)
        }
        NoPlace::Draining | NoPlace::Ended(Failure::ShutDown) => {
            let message = "the service is being shut down and takes on no more changes";
            Refused::new(ErrorCode::ServiceUnavailable, message).retry_after(soon)
        }
        NoPlace::Ended(_) => Refused::no_such_call(&call.identity.id),
    }
}
