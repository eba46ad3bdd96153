//! An error that keeps the server from starting is one line that says what to do, and an exit code.

use std::fs;

use crate::rig::{Server, failure};

#[tokio::test]
async fn a_port_in_use_is_an_error() {
    let first = Server::start(&[]);
    let address = first.url.trim_start_matches("http://");
    let (code, said) = failure(&["--listen", address]);
    assert_eq!((code, said.lines().count()), (Some(1), 1), "{said}");
    assert!(
        said.contains(&format!("cannot listen on {address}")) && said.contains("choose another --listen"),
        "{said}"
    );
}

#[test]
fn an_address_is_no_name() {
    let (code, said) = failure(&["--listen", "localhost"]);
    assert!(code == Some(2) && said.contains("such as 127.0.0.1:8080"), "{said}");
}

#[test]
fn wrong_arguments_are_an_error_of_one_line() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let (not_wav, missing) = (path("not.wav"), path("missing.wav"));
    fs::write(&not_wav, "this is text, and no sound").unwrap();
    let (a_missing, a_not_wav) = (format!("a={missing}"), format!("a={not_wav}"));
    for (arguments, wanted) in [
        (vec!["--token", "a b"], "letters, digits"),
        (vec!["--token", "a", "--anonymous"], "--anonymous"),
        (vec!["--tls-cert", "x.pem"], "--tls-key"),
        (vec!["--callback", "http://127.0.0.1/"], "--callback-token"),
        (vec!["--callback", "ftp://127.0.0.1/", "--callback-token", "t"], "http:// or https://"),
        (vec!["--listener", "speaker"], "\"speaker\" is given twice"),
        (vec!["--source", "a"], "ID=FILE"),
        (vec!["--role", "a=agent"], "--hears"),
        (vec!["--hears", "agent"], "ROLE=ROLE,ROLE"),
        (vec!["--hears", "agent=", "--role", "a=boss"], "its roles are agent"),
        (vec!["--source", &a_missing], "cannot read"),
        (vec!["--source", &a_not_wav], "no WAV file"),
        (vec!["--tls-cert", &not_wav, "--tls-key", &not_wav], "make no TLS server"),
        (vec!["--log", "x=y=z"], "--log"),
        (vec!["--max-sockets", "0"], "--max-sockets"),
        (vec!["--max-people", "0"], "--max-people"),
        (vec!["--rtp-ports", "9-8"], "such as 40000-40100"),
        (vec!["--max-connections", "1"], "--max-connections"),
        (vec!["--public-url", "https://h/a?b"], "has no query"),
        (vec!["--public-url", "https://h/#a"], "has no fragment"),
        (vec!["--public-url", "https://me:word@h/"], "no user name and no password"),
        (vec!["--public-url", "ftp://h/"], "http:// or https://"),
    ] {
        let (code, said) = failure(&[&["--listen", "127.0.0.1:0"], &arguments[..]].concat());
        assert_eq!((code, said.lines().count()), (Some(2), 1), "{arguments:?}: {said}");
        assert!(said.starts_with("call_server: ") && said.contains(wanted), "{arguments:?}: {said}");
    }
}
