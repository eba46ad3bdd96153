//! A conference of three browsers, heard in each of them. To start browsers costs most, so all behaviours share them: one a file.

mod cycles;
mod ducking;
mod hearing;
mod hostile;
mod leaving;
mod levels;
mod looking;
mod lost;
mod muting;
mod network;
mod rig;

use std::time::Instant;

use call_server_browser::{Result, alone};

use self::rig::Conference;

/// Runs a behaviour, at most so many times, and says how long it took. What plays sound stumbles on a busy machine: levels
/// are looked at three times at most, and what is wrong stays wrong.
macro_rules! step {
    ($times:literal, $behaviour:path, $conference:expr) => {{
        let begin = Instant::now();
        let mut done: Result<()> = $behaviour($conference).await;
        for look in 1..$times {
            let Err(error) = &done else { break };
            println!("         look {look}: {error}");
            done = $behaviour($conference).await;
        }
        println!("{:>6.1} s {}", begin.elapsed().as_secs_f64(), stringify!($behaviour));
        done.map_err(|error| format!("{}: {error}", stringify!($behaviour)))?;
    }};
}

#[tokio::test]
async fn three_browsers_hear_each_other_by_their_configuration() -> Result<()> {
    let _alone = alone().await;
    let conference = Conference::begin().await?;
    let done = all(&conference).await;
    // Browsers that are not told to go stay for a minute.
    conference.end().await;
    done
}

async fn all(conference: &Conference) -> Result<()> {
    step!(3, hearing::everybody_but_oneself, conference);
    step!(1, hearing::who_joins_has_its_own_mix_on_the_desk, conference);
    step!(1, looking::it_fits_while_one_is_in_the_call, conference);
    step!(3, levels::half_a_level_is_6_db_less, conference);
    step!(3, levels::people_and_recordings_are_configured_alike, conference);
    step!(2, ducking::it_follows_the_ramps, conference);
    step!(3, muting::who_is_muted_is_not_heard, conference);
    step!(3, network::loss_and_jitter_are_borne, conference);
    step!(1, hostile::offers_are_refused_in_words, conference);
    step!(1, lost::a_place_is_kept, conference);
    step!(1, leaving::a_second_connection_takes_the_place, conference);
    step!(1, leaving::a_page_that_goes_leaves, conference);
    step!(1, cycles::joining_and_leaving_leaks_nothing, conference);
    step!(1, lost::a_place_is_freed, conference);
    Ok(())
}
