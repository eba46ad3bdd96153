//! The body of a request, read within the limits.

use axum::body::{Body, Bytes};
use http_body_util::BodyExt;

use super::intake::Intake;
use crate::{
    config::ErrorCode,
    http::{Limits, refused::Refused, work::pause},
};

/// Reads a body to its end, unless it is too long, takes too long, or costs too much.
pub(super) async fn read(mut body: Body, limits: &Limits, intake: &mut Intake<'_>) -> Result<Vec<u8>, Refused> {
    let hint = http_body::Body::size_hint(&body);
    let (announced, is_whole) = (hint.lower(), hint.exact().is_some());
    // What is announced as too long is not read at all.
    let announced = usize::try_from(announced).ok().filter(|bytes| *bytes <= limits.body_bytes);
    let announced = announced.ok_or_else(|| too_large(limits).close())?;
    intake.expect(if is_whole { announced } else { limits.body_bytes });
    let read = async {
        match collect(&mut body, limits, announced, intake).await {
            Ok(read) => Ok(read),
            Err(refused) => {
                intake.give_up();
                pause().await;
                Err(if forget(&mut body, limits).await { refused } else { refused.close() })
            }
        }
    };
    tokio::time::timeout(limits.body_time, read).await.unwrap_or_else(|_too_slow| {
        let message = format!("the body took longer than {} ms", limits.body_time.as_millis());
        Err(Refused::new(ErrorCode::RequestTimeout, message).close())
    })
}

/// Reads the rest of a body and keeps nothing of it: a client who looks for the answer once it has sent all would not find one on
/// a connection that was closed before. Returns whether it has come to the end.
async fn forget(body: &mut Body, limits: &Limits) -> bool {
    let mut left = limits.body_bytes;
    loop {
        let frame = match body.frame().await {
            Some(Ok(frame)) => frame,
            Some(Err(_broken)) => return false,
            None => return true,
        };
        match left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) {
            Some(less) => left = less,
            None => return false,
        }
    }
}

/// Copies what comes into one piece of memory: a body of many small frames would take many times its bytes.
async fn collect(
    body: &mut Body,
    limits: &Limits,
    announced: usize,
    intake: &mut Intake<'_>,
) -> Result<Vec<u8>, Refused> {
    let mut read = Vec::new();
    intake.count(announced)?;
    while let Some(frame) = body.frame().await {
        let frame =
            frame.map_err(|error| Refused::new(ErrorCode::BadRequest, format!("the body broke off: {error}")))?;
        let Ok(bytes) = frame.into_data() else { continue };
        let total = read.len() + bytes.len();
        if total > limits.body_bytes {
            return Err(too_large(limits));
        }
        intake.count(total)?;
        let most = if announced >= total { announced } else { limits.body_bytes };
        grow(&mut read, &bytes, most, intake)?;
        read.extend_from_slice(&bytes);
    }
    Ok(read)
}

/// Makes room for more bytes: twice as much as there was, but not for bytes that are only announced, nor for more than can
/// come.
fn grow(read: &mut Vec<u8>, bytes: &Bytes, most: usize, intake: &mut Intake<'_>) -> Result<(), Refused> {
    let total = read.len() + bytes.len();
    if total > read.capacity() {
        let capacity = (2 * total).min(most);
        intake.hold(capacity)?;
        read.reserve_exact(capacity - read.len());
    }
    Ok(())
}

fn too_large(limits: &Limits) -> Refused {
    let message = format!("the body is over the limit of {} bytes; send several requests", limits.body_bytes);
    Refused::new(ErrorCode::RequestTooLarge, message)
}
