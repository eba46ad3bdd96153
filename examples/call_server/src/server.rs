//! The HTTP server below the routes: its address, with or without TLS, and its limits for clients.

use std::{
    fs, io,
    net::{SocketAddr, TcpListener},
    path::Path,
    time::Duration,
};

use axum::Router;
use axum_server::{Handle, Server, tls_rustls::RustlsConfig};

use crate::error::Error;

/// How long the head of a request may take, of the first one and of each later one on a connection.
const HEAD_TIME: Duration = Duration::from_secs(15);
/// The longest head, in bytes and in fields.
const HEAD_BYTES: usize = 32 * 1024;
const HEAD_FIELDS: usize = 64;
/// How many requests one HTTP/2 connection may have open.
const STREAMS: u32 = 100;

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

/// Serves until the handle tells the server to stop.
pub async fn serve(
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    routes: Router,
    handle: Handle<SocketAddr>,
) -> io::Result<()> {
    let routes = routes.into_make_service();
    match tls {
        None => bounded(axum_server::from_tcp(listener)?).handle(handle).serve(routes).await,
        Some(tls) => {
            bounded(axum_server::tls_rustls::from_tcp_rustls(listener, tls)?).handle(handle).serve(routes).await
        }
    }
}

/// Sets the limits: no client can hold a connection without sending, or fill the memory with headers.
fn bounded<A>(mut server: Server<SocketAddr, A>) -> Server<SocketAddr, A> {
    let builder = server.http_builder();
    builder.http1().keep_alive(true).header_read_timeout(HEAD_TIME).max_buf_size(HEAD_BYTES).max_headers(HEAD_FIELDS);
    builder
        .http2()
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD_BYTES as u32)
        .keep_alive_interval(HEAD_TIME);
    server.first_request_timeout(HEAD_TIME)
}
