//! A server of prompts over TLS, at an address of its own, that answers as a test says, byte by byte.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::sleep,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::aws_lc_rs,
        pki_types::{PrivateKeyDer, pem::PemObject},
    },
    server::TlsStream,
};

/// Another address of this machine than that of everything else.
pub const ADDRESS: &str = "127.0.0.2";

/// How a request is answered.
#[derive(Debug, Clone)]
pub enum Answer {
    /// With these bytes, and the connection is closed.
    Bytes(Vec<u8>),
    /// With the first bytes, and then the others over and over, each after a wait.
    Endless(Vec<u8>, Vec<u8>, Duration),
    /// Not even the handshake.
    Nothing,
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    pub address: SocketAddr,
    /// Its certificate.
    pub pem: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers a request by its path.
    pub async fn start(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        let made = rcgen::generate_simple_self_signed(vec![ADDRESS.into(), "localhost".into()]).unwrap();
        let key = PrivateKeyDer::from_pem_slice(made.signing_key.serialize_pem().as_bytes()).unwrap();
        // Named, as the workspace has two of them.
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let config = config.with_single_cert(vec![made.cert.der().clone()], key).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind((ADDRESS, 0)).await.unwrap();
        let (address, asked) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<String>>>::default());
        let (log, answer) = (Arc::clone(&asked), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, answer, log) = (acceptor.clone(), Arc::clone(&answer), Arc::clone(&log));
                // A client that has seen enough closes its connection.
                tokio::spawn(async move { drop(serve(stream, acceptor, &*answer, &log).await) });
            }
        });
        Self { address, pem: made.cert.pem(), asked }
    }

    pub fn uri(&self, path: &str) -> String {
        format!("https://{}{path}", self.address)
    }

    /// The heads of the requests so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn serve(
    stream: TcpStream,
    acceptor: TlsAcceptor,
    answer: &(impl Fn(&str) -> Answer + Send + Sync),
    log: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    if let Answer::Nothing = answer("") {
        sleep(Duration::from_secs(60)).await;
        return Ok(());
    }
    let mut stream = acceptor.accept(stream).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    log.lock().unwrap().push(head);
    write(&mut stream, answer(&path)).await
}

async fn write(stream: &mut TlsStream<TcpStream>, answer: Answer) -> std::io::Result<()> {
    match answer {
        Answer::Bytes(bytes) => stream.write_all(&bytes).await?,
        Answer::Endless(first, more, wait) => {
            stream.write_all(&first).await?;
            loop {
                stream.flush().await?;
                sleep(wait).await;
                stream.write_all(&more).await?;
            }
        }
        Answer::Nothing => {}
    }
    stream.shutdown().await
}

/// An answer with a body and some more headers, each with its line end.
pub fn ok(headers: &str, body: &[u8]) -> Answer {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
    Answer::Bytes([head.as_bytes(), body].concat())
}

/// An answer that sends on.
pub fn redirect(status: u16, location: &str) -> Answer {
    Answer::Bytes(format!("HTTP/1.1 {status} Elsewhere\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n").into())
}

/// A WAV file of 8 kHz, mono, 16 bits, with a data chunk that promises as many bytes as these samples have, and
/// `missing` more.
pub fn wav(samples: &[i16], missing: u32) -> Vec<u8> {
    let data: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let promised = data.len() as u32 + missing;
    let mut file = [b"RIFF", &(36 + promised).to_le_bytes()[..], b"WAVEfmt "].concat();
    file.extend(16_u32.to_le_bytes());
    file.extend([1_u16, 1].map(u16::to_le_bytes).concat());
    file.extend([8000_u32, 16_000].map(u32::to_le_bytes).concat());
    file.extend([2_u16, 16].map(u16::to_le_bytes).concat());
    file.extend(b"data");
    file.extend(promised.to_le_bytes());
    file.extend(data);
    file
}
