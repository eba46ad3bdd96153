//! Who hears whom, unless something is configured.

use call_server_browser::Result;
use serde_json::json;
use tokio::try_join;

use crate::rig::{ALL, AMONG_OTHERS_DB, AT_ANNA, AT_BEN, AT_CLEO, Conference, SENT_DBFS, SILENT_DB, check, check_near};

/// Everybody hears the other two and the recording, and itself at least 40 dB below what it sends.
pub async fn everybody_but_oneself(conference: &Conference) -> Result<()> {
    let Conference { anna, ben, cleo, .. } = conference;
    let (by_anna, by_ben, by_cleo) = try_join!(anna.hears(&ALL), ben.hears(&ALL), cleo.hears(&ALL))?;
    for (person, levels, own) in [(anna, by_anna, AT_ANNA), (ben, by_ben, AT_BEN), (cleo, by_cleo, AT_CLEO)] {
        println!("         {} hears {levels:.1?} dBFS", person.name);
        let others: Vec<usize> = (0..ALL.len()).filter(|at| *at != own).collect();
        check_near(person.name, &levels, &[SENT_DBFS; 4], &others, AMONG_OTHERS_DB)?;
        let is_silent = levels[own] < SENT_DBFS - SILENT_DB;
        check(is_silent, || format!("{} hears itself at {:.1} dBFS of {levels:.1?}", person.name, levels[own]))?;
    }
    Ok(())
}

/// The desk is of the one who joined, names who is heard, and shows the network of each.
pub async fn who_joins_has_its_own_mix_on_the_desk(conference: &Conference) -> Result<()> {
    for (person, others) in [(&conference.anna, ["ben", "cleo"]), (&conference.ben, ["anna", "cleo"])] {
        let on_the_desk = "return document.querySelector('#listener-name').textContent";
        assert_eq!(person.tab.script(on_the_desk, vec![]).await?, json!(person.name));
        let heard = format!(
            "const words = document.querySelector('#me-hears').textContent;
            return words.startsWith('You hear ') && {:?}.every((name) => words.includes(name)) && !words.includes('{}')",
            others, person.name
        );
        person.tab.until("who is heard is named", &heard).await?;
        let network = "const rows = [...document.querySelectorAll('.person')];
            const told = rows.filter((row) => /round.trip.*.ms · lost.*.% · jitter.*.ms/.test(row.textContent));
            return told.length === 3 && rows.length === 5";
        person.tab.until("the network of three of five is shown", network).await?;
    }
    Ok(())
}
