//! How many connections the server has: [`Bounded`], which accepts them. One address has at most half of them, and a client that
//! does not read what it is sent loses its own.

use std::{
    collections::HashMap,
    future::{Future, Ready, ready},
    io::{self, ErrorKind, IoSlice},
    net::IpAddr,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum_server::accept::Accept;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

/// How long a client may read nothing of what it is sent.
const SLOWEST: Duration = Duration::from_secs(30);

/// Accepts so many connections at a time, and closes those that come when there are as many.
#[derive(Debug, Clone)]
pub struct Bounded {
    most: usize,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Bounded {
    pub fn new(most: usize) -> Self {
        Self { most, open: Arc::default() }
    }

    fn admit(&self, address: IpAddr) -> Option<Place> {
        let mut open = lock(&self.open);
        let (all, own) = (open.values().sum::<usize>(), open.get(&address).copied().unwrap_or_default());
        let is_room = all < self.most && own < self.most.div_ceil(2);
        is_room.then(|| {
            open.insert(address, own + 1);
            Place { address, open: Arc::clone(&self.open) }
        })
    }
}

impl<S> Accept<TcpStream, S> for Bounded {
    type Stream = Connection;
    type Service = S;
    type Future = Ready<io::Result<(Connection, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let place = stream.peer_addr().and_then(|address| {
            self.admit(address.ip().to_canonical())
                .ok_or_else(|| io::Error::new(ErrorKind::QuotaExceeded, "there are too many connections"))
        });
        ready(place.map(|place| (Connection { stream, stalled: None, _place: place }, service)))
    }
}

/// A place among the connections, which is free again when this is dropped.
#[derive(Debug)]
struct Place {
    address: IpAddr,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = lock(&self.open);
        if let Some(own) = open.get_mut(&self.address) {
            *own -= 1;
            if *own == 0 {
                open.remove(&self.address);
            }
        }
    }
}

fn lock(open: &Mutex<HashMap<IpAddr, usize>>) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An accepted connection.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    /// Ends when the client has read nothing for too long.
    stalled: Option<Pin<Box<Sleep>>>,
    _place: Place,
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
        assert!(lock(&bounded.open).is_empty());
        assert!(bounded.admit(first).is_some());
    }
}
