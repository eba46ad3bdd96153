//! Prompts over real TLS: fetched as they are, and whatever a host or a client tries, within bounds and from nowhere else.

#[path = "prompts_https/server.rs"]
mod server;

use std::time::{Duration, Instant};

use mixminus::{
    config::MediaInfo,
    http::{HttpsPrompts, PromptError, PromptOptions, PromptResolver},
    stream::Pcm,
};
use server::{ADDRESS, Answer, Server, ok, redirect, wav};

/// Longer than anything takes, on the slowest machine.
const LONG: Duration = Duration::from_secs(60);

/// Trusts the server and its address, and nothing else of this machine.
fn options(server: &Server) -> PromptOptions {
    PromptOptions {
        time: LONG,
        allowed: vec![ADDRESS.parse().unwrap()],
        authorities: vec![server.pem.clone()],
        ..PromptOptions::default()
    }
}

async fn fetch(options: PromptOptions, uri: &str) -> Result<Pcm, PromptError> {
    let prompts = HttpsPrompts::new(options).unwrap();
    let media = MediaInfo { uri: uri.into(), resource_id: None };
    tokio::time::timeout(LONG, prompts.resolve(&media)).await.expect("it comes to an end")
}

/// What is answered at this path, with these options.
async fn told(
    answer: impl Fn(&str) -> Answer + Send + Sync + 'static,
    change: impl Fn(&mut PromptOptions),
) -> PromptError {
    let server = Server::start(answer).await;
    let mut options = options(&server);
    change(&mut options);
    fetch(options, &server.uri("/secret.wav")).await.unwrap_err()
}

fn beep() -> Vec<u8> {
    wav(&[16_384, -16_384, 8192], 0)
}

#[tokio::test]
async fn a_wav_is_fetched_uncompressed_and_without_anything_of_the_caller() {
    let server = Server::start(|_| ok("Content-Type: audio/wav\r\n", &beep())).await;
    let got = fetch(options(&server), &server.uri("/beep.wav?for=anna")).await.unwrap();
    assert_eq!((got.samples.len(), got.format.rate_hz), (3, 8000));
    let asked = server.asked();
    let head = asked[0].to_lowercase();
    assert!(asked.len() == 1 && head.starts_with("get /beep.wav?for=anna http/1.1\r\n"), "{asked:?}");
    assert!(head.contains("accept-encoding: identity\r\n"));
    assert!(["cookie", "authorization", "referer"].iter().all(|secret| !head.contains(secret)));
}

#[tokio::test]
async fn a_redirect_is_followed_where_a_prompt_may_lead() {
    let server = Server::start(|path| match path {
        "/a" => redirect(302, "b"),
        "/b" => redirect(308, "/c.wav"),
        _ => ok("", &beep()),
    })
    .await;
    assert_eq!(fetch(options(&server), &server.uri("/a")).await.unwrap().samples.len(), 3);
    let few = PromptOptions { redirects: 1, ..options(&server) };
    let error = fetch(few, &server.uri("/a")).await.unwrap_err();
    assert!(error.to_string().ends_with("for the prompt, which is more than 1 redirects"), "{error}");
}

#[tokio::test]
async fn a_redirect_to_elsewhere_on_this_machine_is_not_followed() {
    // Another server, which would answer.
    let other = Server::start(|_| ok("", &beep())).await;
    let port = other.address.port();
    let locations = [
        "https://127.0.0.1/".to_owned(),
        format!("https://localhost:{port}/"),
        "https://[::1]/".into(),
        "https://10.0.0.1/".into(),
        "https://169.254.169.254/latest/meta-data".into(),
        format!("https://[::ffff:7f00:2]:{port}/"),
        "https://2130706433/".into(),
    ];
    for location in locations {
        let error = told(move |_| redirect(307, &location), |_| {}).await;
        assert!(matches!(error, PromptError::Address { .. }), "{error}");
        assert!(error.to_string().ends_with("only public addresses are asked"), "{error}");
    }
    for location in [format!("http://{ADDRESS}:{port}/"), "file:///etc/passwd".into()] {
        let error = told(move |_| redirect(301, &location), |_| {}).await;
        assert!(error.to_string().ends_with("https is required"), "{error}");
    }
    let error = told(|_| redirect(302, "https://me:word@example.org/"), |_| {}).await;
    assert!(error.to_string().contains("a user name or a password"), "{error}");
    assert_eq!(other.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn a_name_that_leads_to_this_machine_is_not_asked() {
    let server = Server::start(|_| ok("", &beep())).await;
    let uri = format!("https://localhost:{}/secret", server.address.port());
    let error = fetch(options(&server), &uri).await.unwrap_err();
    let says = error.to_string();
    assert!(matches!(error, PromptError::Address { .. }), "{says}");
    assert!(says.contains("localhost") && says.contains("a loopback address") && !says.contains("secret"));
    assert_eq!(server.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_too_large_is_not_read() {
    let few = |options: &mut PromptOptions| options.bytes = 1000;
    let error = told(|_| Answer::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n".to_vec()), few).await;
    assert!(matches!(error, PromptError::Bytes { .. }), "{error}");
    // Chunks without an end.
    let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let chunk = [&b"40\r\n"[..], &[7; 64], b"\r\n"].concat();
    let error = told(move |_| Answer::Endless(head.clone(), chunk.clone(), Duration::ZERO), few).await;
    assert!(matches!(error, PromptError::Bytes { .. }), "{error}");
    // A head without an end.
    let head = b"HTTP/1.1 200 OK\r\n".to_vec();
    let line = [b"X-More: ".to_vec(), vec![b'x'; 8000], b"\r\n".to_vec()].concat();
    let error = told(move |_| Answer::Endless(head.clone(), line.clone(), Duration::ZERO), few).await;
    assert!(matches!(error, PromptError::Connection { .. }), "{error}");
}

#[tokio::test]
async fn the_wait_for_others_counts_as_time() {
    let server = Server::start(|_| Answer::Nothing).await;
    let time = Duration::from_secs(2);
    let prompts = HttpsPrompts::new(PromptOptions { at_once: 1, time, ..options(&server) }).unwrap();
    let media = MediaInfo { uri: server.uri("/a.wav"), resource_id: None };
    let late = async || {
        let error = prompts.resolve(&media).await.unwrap_err();
        assert!(matches!(error, PromptError::Late { .. }), "{error}");
        Instant::now()
    };
    let (first, second) = tokio::join!(late(), late());
    assert!(second - first < time / 2, "{:?}", second - first);
}

#[tokio::test]
async fn what_is_too_slow_is_not_waited_for() {
    let soon = |options: &mut PromptOptions| options.time = Duration::from_millis(500);
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n".to_vec();
    // A byte now and then.
    let slow = move |_: &str| Answer::Endless(head.clone(), b"x".to_vec(), Duration::from_millis(50));
    let begin = Instant::now();
    assert!(matches!(told(slow, soon).await, PromptError::Late { .. }));
    let line =
        |_: &str| Answer::Endless(b"HTTP/1.1 200 OK\r\n".to_vec(), b"X: y\r\n".to_vec(), Duration::from_millis(50));
    assert!(matches!(told(line, soon).await, PromptError::Late { .. }));
    assert!(matches!(told(|_| Answer::Nothing, soon).await, PromptError::Late { .. }));
    assert!(begin.elapsed() < LONG);
}

#[tokio::test]
async fn redirects_share_one_time_limit() {
    let soon =
        |options: &mut PromptOptions| (options.time, options.redirects) = (Duration::from_millis(500), 1_000_000);
    let error = told(|_| redirect(302, "/again"), soon).await;
    assert!(matches!(error, PromptError::Late { .. }), "{error}");
}

#[tokio::test]
async fn what_lasts_too_long_is_not_converted() {
    let short = |options: &mut PromptOptions| options.duration = Duration::from_secs(1);
    let error = told(|_| ok("", &wav(&[1; 8001], 0)), short).await;
    assert!(error.to_string().contains("it is 1000.125 ms long, and 1000 ms are the most"), "{error}");
}

#[tokio::test]
async fn nothing_is_decompressed() {
    let bomb = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    let error = told(move |_| ok("Content-Encoding: gzip\r\n", &bomb), |_| {}).await;
    assert!(matches!(&error, PromptError::Compressed { encoding, .. } if encoding == "gzip"), "{error}");
}

#[tokio::test]
async fn what_is_no_wav_is_told_with_what_it_is() {
    let page = |_: &str| ok("Content-Type: text/html; charset=utf-8\r\n", b"<html>Not found");
    let says = told(page, |_| {}).await.to_string();
    assert!(says.contains("it begins with \"<htm\"") && says.contains("text/html; charset=utf-8"), "{says}");
    let says = told(|_| ok("", b""), |_| {}).await.to_string();
    assert!(says.contains("it is empty") && says.contains("nothing in particular"), "{says}");
    let says = told(|_| ok("Content-Type: audio/mpeg\r\n", b"ID3\x04rest of it"), |_| {}).await.to_string();
    assert!(says.contains("audio/mpeg"), "{says}");
    let mut six = beep();
    (six[22], six[32]) = (6, 12);
    let says = told(move |_| ok("", &six), |_| {}).await.to_string();
    assert!(says.contains("it has 6 channels, and one or two can be mixed"), "{says}");
}

#[tokio::test]
async fn what_is_cut_off_is_told() {
    let says = told(|_| ok("", &wav(&[1; 100], 50)), |_| {}).await.to_string();
    assert!(says.contains("its data chunk has 200 of 250 bytes"), "{says}");
    let short = |_: &str| Answer::Bytes([&b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"[..], &beep()].concat());
    let error = told(short, |_| {}).await;
    assert!(matches!(error, PromptError::Connection { .. }), "{error}");
}

#[tokio::test]
async fn another_status_and_another_certificate_are_refused() {
    let error = told(|_| Answer::Bytes(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec()), |_| {}).await;
    assert!(matches!(error, PromptError::Status { status: 404, .. }), "{error}");
    let error = told(|_| ok("", &beep()), |options| options.authorities.clear()).await;
    assert!(matches!(error, PromptError::Connection { .. }), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
}
