//! How many connections the server has: [`Bounded`], which accepts them. One [`network`] has at most half of them, and a client that
//! does not read what it is sent loses its own.

use std::{
    future::{Future, Ready, ready},
    io::{self, ErrorKind, IoSlice},
    net::{IpAddr, Ipv6Addr},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum_server::accept::Accept;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

use crate::shares::{Share, Shares};

/// How long a client may read nothing of what it is sent.
const SLOWEST: Duration = Duration::from_secs(30);

/// What of an IPv6 address tells networks apart: who has one address mostly has all that begin with these 64 bits.
const PREFIX: u128 = !0 << 64;

/// The network of a client, by which clients are told apart: an IPv4 address, or the first 64 bits of an IPv6 address.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & PREFIX).into(),
        address => address,
    }
}

/// Accepts so many connections at a time, and closes those that come when there are as many.
#[derive(Debug, Clone)]
pub struct Bounded {
    places: Arc<Shares<IpAddr>>,
}

impl Bounded {
    pub fn new(most: usize) -> Self {
        Self { places: Arc::new(Shares::new(most)) }
    }

    fn admit(&self, address: IpAddr) -> Option<Share> {
        self.places.take(&network(address), 1).ok()
    }
}

impl<S> Accept<TcpStream, S> for Bounded {
    type Stream = Connection;
    type Service = S;
    type Future = Ready<io::Result<(Connection, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let place = stream.peer_addr().and_then(|address| {
            self.admit(address.ip())
                .ok_or_else(|| io::Error::new(ErrorKind::QuotaExceeded, "there are too many connections"))
        });
        ready(place.map(|place| (Connection { stream, stalled: None, _place: place }, service)))
    }
}

/// An accepted connection.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    /// Ends when the client has read nothing for too long.
    stalled: Option<Pin<Box<Sleep>>>,
    _place: Share,
}

impl Connection {
    /// What a write has come to, unless the client has let it wait for too long.
    fn written(&mut self, context: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(SLOWEST)));
        stalled.as_mut().poll(context).map(|()| Err(io::Error::new(ErrorKind::TimedOut, "the client reads nothing")))
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, to)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, from);
        self.written(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        from: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, from);
        self.written(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_at_most_half_of_the_places() {
        let bounded = Bounded::new(4);
        let [first, second, third] = [1, 2, 3].map(|last| IpAddr::from([127, 0, 0, last]));
        let mut places: Vec<_> = [first, first, second].map(|address| bounded.admit(address).unwrap()).into();
        assert!(bounded.admit(first).is_none());
        places.push(bounded.admit(third).unwrap());
        assert!(bounded.admit(second).is_none(), "there are no more");
        places.clear();
        assert!(bounded.admit(first).is_some());
    }

    #[test]
    fn a_network_of_ipv6_has_as_much_as_an_address_of_ipv4() {
        let network = |address: &str| network(address.parse().unwrap()).to_string();
        assert_eq!(["2001:db8:0:1:2:3:4:5", "2001:db8:0:1::"].map(network), ["2001:db8:0:1::", "2001:db8:0:1::"]);
        assert_eq!(
            ["2001:db8:0:2::1", "::ffff:10.1.2.3", "10.1.2.4"].map(network),
            ["2001:db8:0:2::", "10.1.2.3", "10.1.2.4"]
        );
    }
}
