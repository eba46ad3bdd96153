//! Offers that are none, from the page.

use call_server_browser::Result;
use serde_json::json;

use crate::rig::{Conference, check};

/// The server says what is wrong, and the call goes on; the desk shows it to whom it concerns.
pub async fn offers_are_refused_in_words(conference: &Conference) -> Result<()> {
    let person = &conference.cleo;
    let post = "const [token, body, done] = arguments;
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' };
        fetch('/whip/mallory', { method: 'POST', headers, body })
            .then(async (answer) => done([answer.status, (await answer.json()).error.message]));";
    let long = "a=x\r\n".repeat(20_000);
    let no_audio = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";
    for (body, status, words) in [
        ("\u{1}\u{2} no sdp at all", 400, "m-lines"),
        (no_audio, 400, "exactly one, m=audio"),
        ("m=audio", 400, "cannot be read"),
        (&long, 413, "at most 65536 bytes"),
    ] {
        let arguments = vec![json!(conference.server.token), json!(body)];
        let answer = person.tab.driver.execute_async(post, arguments).await?;
        let (told, message) = (&answer.json()[0], answer.json()[1].as_str().unwrap_or_default());
        check(*told == json!(status) && message.contains(words), || {
            format!("{:.20} is answered {told}: {message}", body)
        })?;
    }
    let garble = "window.honest = Object.getOwnPropertyDescriptor(RTCPeerConnection.prototype, 'localDescription');
        Object.defineProperty(RTCPeerConnection.prototype, 'localDescription',
            { configurable: true, get: () => ({ type: 'offer', sdp: 'no sdp at all' }) })";
    person.leave().await?;
    person.tab.script(garble, vec![]).await?;
    person.join_as("cleo").await?;
    person.until_stage("refused").await?;
    let told = person.told().await?;
    check(told.starts_with("You are not in the call: the offer has 0 m-lines"), || told.clone())?;
    let mend = "Object.defineProperty(RTCPeerConnection.prototype, 'localDescription', window.honest)";
    person.tab.script(mend, vec![]).await?;
    person.join().await
}
