//! Finds a free port.

use std::net::TcpListener;

use crate::Result;

/// A port that is free now, for chromedriver, which has to be told a port.
pub fn free() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
