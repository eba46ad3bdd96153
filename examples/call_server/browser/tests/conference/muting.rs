//! Muting oneself by the desk.

use call_server_browser::Result;
use tokio::try_join;

use crate::rig::{ALL, AMONG_OTHERS_DB, AT_BEN, AT_CLEO, Conference, SILENT_DB, check, check_near};

/// Who is muted is heard by nobody, and hears the others; then it is heard as before.
pub async fn who_is_muted_is_not_heard(conference: &Conference) -> Result<()> {
    let Conference { anna, cleo, .. } = conference;
    cleo.set_muted(false).await?;
    let (before, by_cleo) = try_join!(anna.hears(&ALL), cleo.hears(&ALL))?;
    cleo.set_muted(true).await?;
    let shown = "const row = [...document.querySelectorAll('.person')]
            .find((row) => row.querySelector('.name').textContent === 'cleo');
        return row.querySelector('.said').textContent === 'muted'";
    anna.tab.until("others see who is muted", shown).await?;
    let (muted, by_the_muted) = try_join!(anna.hears(&ALL), cleo.hears(&ALL))?;
    println!("         anna hears the muted {:+.1} dB louder", muted[AT_CLEO] - before[AT_CLEO]);
    check(muted[AT_CLEO] < before[AT_CLEO] - SILENT_DB, || format!("muted at {:.1} dBFS", muted[AT_CLEO]))?;
    check_near("the others", &muted, &before, &[AT_BEN], AMONG_OTHERS_DB)?;
    check_near("the muted hears", &by_the_muted, &by_cleo, &[AT_BEN], AMONG_OTHERS_DB)?;
    cleo.set_muted(false).await?;
    check_near("unmuted", &anna.hears(&ALL).await?, &before, &[AT_CLEO], AMONG_OTHERS_DB)
}

/// Who is muted or put on hold by somebody else is told so, and can unmute itself.
pub async fn who_is_muted_or_held_by_others_is_told(conference: &Conference) -> Result<()> {
    let Conference { anna, cleo, .. } = conference;
    cleo.set_muted(false).await?;
    let told = async |words: &str| {
        let told = format!("return document.querySelector('#me-text').textContent.startsWith('{words}')");
        cleo.tab.until(&format!("Cleo is told: {words}"), &told).await.map(drop)
    };
    told("You are heard").await?;
    anna.click("[aria-label='Mute cleo']").await?;
    told("Somebody has muted you").await?;
    cleo.set_muted(false).await?;
    told("You are heard").await?;
    anna.click("[aria-label='Hold cleo']").await?;
    told("You are on hold").await?;
    anna.click("[aria-label='Resume cleo']").await?;
    told("You are heard").await
}
