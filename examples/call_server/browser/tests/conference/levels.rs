//! Levels and exclusive mode, of people and of a recording in one call.

use call_server_browser::{Person, Result};
use serde_json::{Value, json};

use crate::rig::{
    ALL, ALONE_DB, AMONG_OTHERS_DB, AT_ANNA, AT_BEN, AT_CLEO, AT_RECORDING, Conference, SILENT_DB, check, check_near,
};

/// 50 % in decibels.
const HALF_DB: f64 = -6.02;

/// Exclusive: a person alone is heard, nobody else. Then that person's fader on the desk at 50 is 6 dB less, and what
/// others hear is as before.
pub async fn half_a_level_is_6_db_less(conference: &Conference) -> Result<()> {
    let Conference { anna, cleo, .. } = conference;
    conference.configure_exclusive(cleo, json!([{"participant": "ben"}])).await?;
    let by_cleo = cleo.hears(&ALL).await?;
    conference.configure_exclusive(anna, json!([{"participant": "ben"}])).await?;
    let alone = anna.hears(&ALL).await?;
    println!("         anna hears ben alone: {alone:.1?} dBFS");
    let others = [AT_ANNA, AT_CLEO, AT_RECORDING].map(|at| alone[at] - alone[AT_BEN]);
    check(others.iter().all(|level| *level < -SILENT_DB), || format!("exclusive, and heard: {alone:.1?}"))?;
    move_fader(anna, "ben", 50).await?;
    half("ben alone", anna, &alone, AT_BEN).await?;
    check_near("cleo hears", &cleo.hears(&ALL).await?, &by_cleo, &[AT_BEN], ALONE_DB)?;
    conference.configure(cleo, json!([])).await
}

/// The same of a recording; then a person at 50 beside a recording at 100.
pub async fn people_and_recordings_are_configured_alike(conference: &Conference) -> Result<()> {
    let Conference { anna, .. } = conference;
    let exclusive = async |sources: Value| conference.configure_exclusive(anna, sources).await;
    exclusive(json!([{"participant": "tutor"}])).await?;
    let alone = anna.hears(&ALL).await?;
    exclusive(json!([{"participant": "tutor", "level": 50}])).await?;
    half("the recording alone", anna, &alone, AT_RECORDING).await?;
    exclusive(json!([{"participant": "ben", "level": 50}, {"participant": "tutor"}])).await?;
    let mut expected = alone.clone();
    expected[AT_BEN] = expected[AT_RECORDING] + HALF_DB;
    let both = anna.hears(&ALL).await?;
    println!("         anna hears ben at 50 % and the recording: {both:.1?} dBFS");
    check_near("both are heard", &both, &expected, &[AT_BEN, AT_RECORDING], AMONG_OTHERS_DB)?;
    check(both[AT_CLEO] < both[AT_RECORDING] - SILENT_DB, || format!("exclusive, and heard: {both:.1?}"))?;
    conference.configure(anna, json!([])).await
}

/// Checks that a tone is heard at half its level, alone.
async fn half(what: &str, person: &Person, full: &[f64], at: usize) -> Result<()> {
    let levels = person.hears(&ALL).await?;
    println!("         {what} at 50 %: {:+.2} dB", levels[at] - full[at]);
    let mut expected = full.to_vec();
    expected[at] += HALF_DB;
    check_near(what, &levels, &expected, &[at], ALONE_DB)
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
