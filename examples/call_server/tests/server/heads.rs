//! Heads of requests that a server has to refuse (RFC 9112), whatever route they are for.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::rig::{PATIENCE, Server};

/// Sends bytes, and reads what comes until the server closes the connection. Also returns whether it has.
async fn raw(server: &Server, bytes: &str) -> (String, bool) {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut answer = vec![0; 64 * 1024];
    let mut length = 0;
    let read = async {
        while let Ok(more @ 1..) = stream.read(&mut answer[length..]).await {
            length += more;
        }
    };
    let is_closed = timeout(PATIENCE, read).await.is_ok();
    (String::from_utf8_lossy(&answer[..length]).into_owned(), is_closed)
}

async fn status(server: &Server, head: &str) -> String {
    let (answer, is_closed) = raw(server, &format!("{head}\r\n\r\n")).await;
    let status = answer.split(' ').nth(1).unwrap_or("none").to_owned();
    if status.starts_with(['4', '5']) {
        assert!(is_closed, "{head:?}: what follows could be taken for another request: {answer}");
    }
    status
}

#[tokio::test]
async fn a_request_of_http_1_1_is_for_one_host() {
    let server = Server::start(&[]);
    for (head, wanted) in [
        ("GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close", "200"),
        ("GET http://h/healthz HTTP/1.1\r\nHost: h:80\r\nConnection: close", "200"),
        ("GET /healthz HTTP/1.0", "200"),
        ("GET /healthz HTTP/1.1", "400"),
        ("GET /healthz HTTP/1.1\r\nHost:", "400"),
        ("GET /healthz HTTP/1.1\r\nHost: h\r\nHost: h", "400"),
        ("GET /healthz HTTP/1.1\r\nHost: a b", "400"),
        ("GET /healthz HTTP/1.1\r\nHost: h:x", "400"),
        ("GET /healthz HTTP/1.1\r\nHost: me@h", "400"),
        ("GET http://other/healthz HTTP/1.1\r\nHost: h", "400"),
        ("GET http://h/healthz HTTP/1.1", "400"),
        ("GET /healthz HTTP/1.0\r\nHost: h\r\nHost: h", "400"),
    ] {
        assert_eq!(status(&server, head).await, wanted, "{head:?}");
    }
}

#[tokio::test]
async fn a_coded_body_is_refused() {
    let server = Server::start(&[]);
    let coded = |codings: &str| format!("POST /whip HTTP/1.1\r\nHost: h\r\n{codings}");
    for (codings, wanted) in [
        ("Transfer-Encoding: gzip, chunked", "501"),
        ("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", "501"),
        ("Transfer-Encoding: chunked, chunked", "501"),
        ("Transfer-Encoding: gzip", "400"),
        ("Transfer-Encoding: chunked, identity", "400"),
        ("Content-Length: 1\r\nContent-Length: 2", "400"),
        ("Content-Length: +1", "400"),
    ] {
        assert_eq!(status(&server, &coded(codings)).await, wanted, "{codings:?}");
    }
}

/// RFC 9112, section 6.1: the chunks count, and the connection ends, for another server on the way may have gone by the length.
#[tokio::test]
async fn nothing_is_read_behind_a_body_that_has_both_a_length_and_chunks() {
    let server = Server::start(&[]);
    let path = format!("/app/calls/{}/participants/configureMixer", server.call);
    let body = r#"{"participantMixerLevels":[]}"#;
    let (token, size) = (server.token.as_deref().unwrap(), body.len());
    for fields in
        [["Content-Length: 4", "Transfer-Encoding: chunked"], ["Transfer-Encoding: chunked", "Content-Length: 4"]]
    {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n{}\r\n{}\r\n\r\n\
             {size:x}\r\n{body}\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: h\r\n\r\n",
            fields[0], fields[1]
        );
        let (answer, is_closed) = raw(&server, &request).await;
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("connection: close") && is_closed, "{answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
    }
}

#[tokio::test]
async fn heads_have_a_length_and_a_number_of_fields() {
    let server = Server::start(&[]);
    let many = format!("GET /healthz HTTP/1.1\r\nHost: h{}", "\r\nx: y".repeat(100));
    let long = format!("GET /healthz HTTP/1.1\r\nHost: h\r\nx: {}", "y".repeat(100_000));
    assert_eq!([status(&server, &many).await, status(&server, &long).await], ["431", "431"]);
}

#[tokio::test]
async fn requests_one_behind_the_other_are_answered_in_order() {
    let server = Server::start(&[]);
    let request = "GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n";
    let last = "GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    let (answers, is_closed) = raw(&server, &(request.repeat(50) + last)).await;
    let statuses: Vec<_> = answers.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
    assert!(is_closed && statuses.len() == 51 && statuses[50] == "200", "{statuses:?}");
    assert!(statuses[..50].iter().all(|status| *status == "404"), "{statuses:?}");
}

#[tokio::test]
async fn who_expects_a_refusal_is_refused_before_it_sends() {
    let server = Server::start(&[]);
    let path = format!("/app/calls/{}/participants/configureMixer", server.call);
    let expecting = |token: &str, length: usize| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\nExpect: 100-continue"
        )
    };
    assert_eq!(status(&server, &expecting("wrong", 10)).await, "401");
    assert_eq!(status(&server, &expecting(server.token.as_deref().unwrap(), 1 << 30)).await, "413");
}
