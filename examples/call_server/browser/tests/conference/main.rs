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

use std::{any::type_name_of_val, time::Instant};

use call_server_browser::{Result, alone};

use self::rig::Conference;

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
    step(conference, 5, hearing::everybody_but_oneself).await?;
    step(conference, 1, hearing::who_joins_has_its_own_mix_on_the_desk).await?;
    step(conference, 1, looking::it_fits_while_one_is_in_the_call).await?;
    step(conference, 3, levels::half_a_level_is_6_db_less).await?;
    step(conference, 3, levels::people_and_recordings_are_configured_alike).await?;
    step(conference, 2, ducking::it_follows_the_ramps).await?;
    step(conference, 3, muting::who_is_muted_is_not_heard).await?;
    step(conference, 1, muting::who_is_muted_or_held_by_others_is_told).await?;
    step(conference, 3, network::loss_and_jitter_are_borne).await?;
    step(conference, 1, hostile::offers_are_refused_in_words).await?;
    step(conference, 1, lost::a_place_is_kept).await?;
    step(conference, 1, leaving::a_second_connection_takes_the_place).await?;
    step(conference, 1, leaving::a_page_that_goes_leaves).await?;
    step(conference, 1, cycles::joining_and_leaving_leaks_nothing).await?;
    step(conference, 1, lost::a_place_is_freed).await?;
    Ok(())
}

/// Runs a behaviour, at most so many times, and says how long it took. What plays sound stumbles on a busy machine: levels
/// are looked at a few times at most, and what is wrong stays wrong.
async fn step<Behaviour>(conference: &Conference, times: u32, behaviour: Behaviour) -> Result<()>
where
    Behaviour: AsyncFn(&Conference) -> Result<()>,
{
    let (name, begin) = (type_name_of_val(&behaviour), Instant::now());
    let mut done = behaviour(conference).await;
    for look in 1..times {
        let Err(error) = &done else { break };
        println!("         look {look}: {error}");
        done = behaviour(conference).await;
    }
    println!("{:>6.1} s {name}", begin.elapsed().as_secs_f64());
    done.map_err(|error| format!("{name}: {error}").into())
}
