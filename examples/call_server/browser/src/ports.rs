//! Finds free ports.

use std::net::{TcpListener, UdpSocket};

use crate::Result;

/// A port that is free now, for chromedriver, which has to be told a port.
pub fn free() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// A UDP port that is free now, for servers whose port a test has to know.
///
/// # Errors
/// If there is none.
pub fn free_udp() -> Result<u16> {
    Ok(UdpSocket::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
