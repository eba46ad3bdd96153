//! The HTTP server below the routes: its address, with or without TLS, and its limits for clients.

use std::{
    fs, io,
    net::{SocketAddr, TcpListener},
    path::Path,
    time::Duration,
};

use axum::Router;
use axum_server::{Handle, Server, tls_rustls::RustlsConfig};

use crate::{connections::Bounded, error::Error};

/// How long the head of a request may take, of the first one and of each later one on a connection.
const HEAD_TIME: Duration = Duration::from_secs(15);
/// The longest head, in bytes and in fields.
const HEAD_BYTES: usize = 32 * 1024;
const HEAD_FIELDS: usize = 64;
/// How many requests one HTTP/2 connection may have open.
const STREAMS: u32 = 32;
/// How many bytes one HTTP/2 request, and one connection, may send ahead of what is read of them.
const STREAM_AHEAD: u32 = 64 * 1024;
const CONNECTION_AHEAD: u32 = 256 * 1024;
/// How many bytes of an answer wait in an HTTP/2 connection.
const WAITING: usize = 64 * 1024;

/// Listens on the address: clients can connect from now on.
pub fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let cannot = |cause| Error::Listen { address, cause };
    let listener = TcpListener::bind(address).map_err(cannot)?;
    let bound = listener.local_addr().map_err(cannot)?;
    Ok((listener, bound))
}

/// Reads a certificate chain and its key.
pub async fn tls(cert: &Path, key: &Path) -> Result<RustlsConfig, Error> {
    let read = |path: &Path| fs::read(path).map_err(|cause| Error::Unreadable { path: path.to_owned(), cause });
    let config = RustlsConfig::from_pem(read(cert)?, read(key)?).await;
    config.map_err(|cause| Error::Tls { cert: cert.to_owned(), key: key.to_owned(), cause })
}

/// Serves until the handle tells the server to stop, so many connections at a time.
pub async fn serve(
    listener: TcpListener,
    connections: usize,
    tls: Option<RustlsConfig>,
    routes: Router,
    handle: Handle<SocketAddr>,
) -> io::Result<()> {
    let (routes, connections) = (routes.into_make_service_with_connect_info::<SocketAddr>(), Bounded::new(connections));
    match tls {
        None => {
            let server = axum_server::from_tcp(listener)?.acceptor(connections);
            bounded(server).handle(handle).serve(routes).await
        }
        Some(tls) => {
            let server = axum_server::tls_rustls::from_tcp_rustls(listener, tls)?;
            bounded(server.map(|tls| tls.acceptor(connections))).handle(handle).serve(routes).await
        }
    }
}

/// Sets the limits: no client can hold a connection without sending, or fill the memory with headers. Who has sent all of a
/// request and closes its side is answered.
fn bounded<A>(mut server: Server<SocketAddr, A>) -> Server<SocketAddr, A> {
    let builder = server.http_builder();
    let http1 = &mut builder.http1();
    http1.keep_alive(true).half_close(true).header_read_timeout(HEAD_TIME);
    http1.max_buf_size(HEAD_BYTES).max_headers(HEAD_FIELDS);
    builder
        .http2()
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD_BYTES as u32)
        .initial_stream_window_size(STREAM_AHEAD)
        .initial_connection_window_size(CONNECTION_AHEAD)
        .max_send_buf_size(WAITING)
        .keep_alive_interval(HEAD_TIME);
    server.first_request_timeout(HEAD_TIME)
}
