//! A port that nobody listens on.

use std::net::TcpListener;

use crate::Result;

/// Free when it was looked at: chromedriver has to be told one.
pub fn free() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
