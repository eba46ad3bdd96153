//! The body of a request, read within the limits.

use axum::body::{Body, Bytes};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::{
    config::ErrorCode,
    http::{Limits, refused::Refused},
};

/// Reads a body to its end, unless it is too long or takes too long.
pub(super) async fn read(body: Body, limits: &Limits) -> Result<Bytes, Refused> {
    let too_large = || {
        let message = format!("the body is over the limit of {} bytes; send several requests", limits.body_bytes);
        Refused::new(ErrorCode::RequestTooLarge, message).close()
    };
    // A body that declares too great a length is not read at all.
    if http_body::Body::size_hint(&body).lower() > limits.body_bytes as u64 {
        return Err(too_large());
    }
    let whole = Limited::new(body, limits.body_bytes).collect();
    match tokio::time::timeout(limits.body_time, whole).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(error)) => Err(Refused::new(ErrorCode::BadRequest, format!("the body broke off: {error}")).close()),
        Err(_too_slow) => {
            let message = format!("the body took longer than {} ms", limits.body_time.as_millis());
            Err(Refused::new(ErrorCode::RequestTimeout, message).close())
        }
    }
}
