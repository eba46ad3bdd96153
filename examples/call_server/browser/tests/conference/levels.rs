//! Levels and exclusive mode, of people and of a recording in one call.

use call_server_browser::{Person, Result};
use serde_json::{Value, json};
use tokio::try_join;

use crate::rig::{
    ALL, ALONE_DB, AMONG_OTHERS_DB, AT_ANNA, AT_BEN, AT_CLEO, AT_RECORDING, CHANGE_DB, Conference, SENT_DBFS,
    SILENT_DB, check, check_near,
};

/// 50 % in decibels.
const HALF_DB: f64 = -6.02;

/// How often a level is halved at most until Opus has it on the same side before and after.
const TRIES: u32 = 5;

/// Exclusive: a person alone is heard, nobody else. Then that person's fader on the desk at 50 is 6 dB less, and what
/// others hear is as before.
pub async fn half_a_level_is_6_db_less(conference: &Conference) -> Result<()> {
    let Conference { anna, cleo, .. } = conference;
    let only_ben = || json!([{"participant": "ben"}]);
    conference.configure_exclusive(cleo, only_ben()).await?;
    conference.configure_exclusive(anna, only_ben()).await?;
    let (alone, by_cleo) = try_join!(anna.hears(&ALL), cleo.hears(&ALL))?;
    println!("         anna hears ben alone: {alone:.1?} dBFS");
    let others = [AT_ANNA, AT_CLEO, AT_RECORDING].map(|at| alone[at] - alone[AT_BEN]);
    check(others.iter().all(|level| *level < -SILENT_DB), || format!("exclusive, and heard: {alone:.1?}"))?;
    halves("ben by the fader", anna, AT_BEN, async |percent| move_fader(anna, "ben", percent).await).await?;
    check_near("cleo hears", &cleo.hears(&ALL).await?, &by_cleo, &[AT_BEN], ALONE_DB)?;
    conference.configure(cleo, json!([])).await
}

/// The same of a recording, by requests; then a person at 50 beside a recording at 100.
pub async fn people_and_recordings_are_configured_alike(conference: &Conference) -> Result<()> {
    let Conference { anna, .. } = conference;
    let exclusive = async |sources: Value| conference.configure_exclusive(anna, sources).await;
    let at = async |percent: u32| exclusive(json!([{"participant": "tutor", "level": percent}])).await;
    halves("the recording", anna, AT_RECORDING, at).await?;
    exclusive(json!([{"participant": "ben", "level": 50}, {"participant": "tutor"}])).await?;
    let both = anna.hears(&ALL).await?;
    println!("         anna hears ben at 50 % and the recording: {both:.1?} dBFS");
    let expected = [0.0, SENT_DBFS + HALF_DB, 0.0, SENT_DBFS];
    check_near("both are heard", &both, &expected, &[AT_BEN, AT_RECORDING], AMONG_OTHERS_DB)?;
    check(both[AT_CLEO] < both[AT_RECORDING] - SILENT_DB, || format!("exclusive, and heard: {both:.1?}"))?;
    conference.configure(anna, json!([])).await
}

/// Checks that a tone that is heard alone is 6 dB less at 50 than at 100.
async fn halves(what: &str, person: &Person, at: usize, set: impl AsyncFn(u32) -> Result<()>) -> Result<()> {
    let mut changes = Vec::new();
    for _try in 0..TRIES {
        set(100).await?;
        let full = person.hears(&ALL).await?[at];
        set(50).await?;
        let change = person.hears(&ALL).await?[at] - full;
        println!("         {what} at 50 %: {change:+.2} dB");
        if (change - HALF_DB).abs() <= CHANGE_DB {
            return Ok(());
        }
        changes.push(change);
    }
    Err(format!("{what} is {changes:.2?} dB louder, not {HALF_DB}").into())
}

/// Moves a fader of the desk as a hand does.
async fn move_fader(person: &Person, source: &str, percent: u32) -> Result<()> {
    let fade = "const [source, percent] = arguments;
        const strips = [...document.querySelectorAll('.strip')];
        const fader = strips.find((one) => one.querySelector('.name').textContent === source).querySelector('input');
        fader.value = percent;
        fader.dispatchEvent(new Event('input'))";
    let moved = async || person.tab.script(fade, vec![json!(source), json!(percent)]).await.map(drop);
    person.tab.completes(moved).await
}
