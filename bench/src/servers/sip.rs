//! A telephone that takes every call, as far as a server on the same machine needs it: [`Phone`].

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    time::Duration,
};

use crate::Result;

/// By which number packets are Opus: the one that Asterisk offers.
pub const OPUS: u8 = 107;
/// The headers of a request that its answer has too (RFC 3261, section 8.2.6.2).
const REPEATED: [&str; 5] = ["Via:", "From:", "To:", "Call-ID:", "CSeq:"];
/// How long a call may take to come.
const PATIENCE: Duration = Duration::from_secs(10);

/// A telephone at a port of loopback.
#[derive(Debug)]
pub struct Phone(UdpSocket);

impl Phone {
    /// One that nobody has called yet.
    pub fn new() -> io::Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.set_read_timeout(Some(PATIENCE))?;
        Ok(Self(socket))
    }

    /// What a caller dials.
    pub fn uri(&self) -> Result<String> {
        Ok(format!("sip:member@{}", self.0.local_addr()?))
    }

    /// Takes the next call, for packets that are to come to a port. Where the caller's packets are to go.
    pub fn answer(&self, port: u16) -> Result<SocketAddr> {
        let mut received = [0; 8192];
        loop {
            let (length, caller) =
                self.0.recv_from(&mut received).map_err(|fault| format!("no call comes: {fault}"))?;
            let request = String::from_utf8_lossy(&received[..length]);
            // What ends the call before, and what says that it has been taken, need no answer here.
            if request.starts_with("INVITE ") {
                self.0.send_to(accepted(&request, &self.uri()?, port).as_bytes(), caller)?;
                let port =
                    request.lines().find_map(|line| line.strip_prefix("m=audio ")?.split(' ').next()?.parse().ok());
                return Ok((Ipv4Addr::LOCALHOST, port.ok_or("the caller offers no audio")?).into());
            }
        }
    }
}

/// The answer to a call: Opus with the same settings as everywhere else.
fn accepted(invite: &str, uri: &str, port: u16) -> String {
    let sdp = format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP {OPUS}\r\n\
a=rtpmap:{OPUS} opus/48000/2\r\na=fmtp:{OPUS} useinbandfec=1;maxaveragebitrate=32000\r\n"
    );
    let mut answer = String::from("SIP/2.0 200 OK\r\n");
    for line in invite.lines().filter(|line| REPEATED.iter().any(|name| line.starts_with(name))) {
        let tag = if line.starts_with("To:") { ";tag=member" } else { "" };
        answer += &format!("{line}{tag}\r\n");
    }
    let length = sdp.len();
    answer + &format!("Contact: <{uri}>\r\nContent-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{sdp}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVITE: &str = "INVITE sip:member@127.0.0.1:1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:2;branch=b\r\n\
From: <sip:a@b>;tag=1\r\nTo: <sip:member@127.0.0.1>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n\r\n\
v=0\r\nm=audio 34244 RTP/AVP 107 101\r\n";

    #[test]
    fn a_call_is_taken_and_the_caller_s_port_is_known() {
        let (phone, caller) = (Phone::new().unwrap(), UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
        caller.set_read_timeout(Some(PATIENCE)).unwrap();
        let to = phone.0.local_addr().unwrap();
        caller.send_to(b"ACK sip:member@127.0.0.1:1 SIP/2.0\r\n\r\n", to).unwrap();
        caller.send_to(INVITE.as_bytes(), to).unwrap();
        assert_eq!(phone.answer(5004).unwrap(), (Ipv4Addr::LOCALHOST, 34_244).into());
        let mut received = [0; 2000];
        let length = caller.recv(&mut received).unwrap();
        let answer = String::from_utf8_lossy(&received[..length]);
        let (head, sdp) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:2;branch=b\r\n"), "{head}");
        assert!(head.contains("To: <sip:member@127.0.0.1>;tag=member\r\n") && !head.contains("Max-Forwards"), "{head}");
        assert!(head.ends_with(&format!("Content-Length: {}", sdp.len())) && sdp.contains("m=audio 5004 "), "{sdp}");
    }
}
