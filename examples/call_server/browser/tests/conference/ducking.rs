//! Ducking by a person, along its ramps.

use std::time::Duration;

use call_server_browser::Result;
use serde_json::json;
use tokio::{time::sleep, try_join};

use crate::rig::{ALL, ALONE_DB, AT_ANNA, AT_BEN, BEN, Conference, check, check_near};

const LOWER: f64 = 0.25;
/// How long the ramps take, down and up.
const RAMP_MS: u32 = 1000;
/// How long one has to look to see the silence before a ramp, the ramp and what comes after it.
const LOOK_MS: u32 = 3000;
/// How far the slope may be from the ramp's, and how far nine of ten gains may be from the line: a look is over 21 ms, and
/// the browser stretches its sound by some ms to keep its buffer short.
const SLOPE: f64 = 0.1;
const LINE: f64 = 0.06;
/// How often a ramp may be looked at.
const RAMPS: u32 = 4;
/// How many looks there have to be at the ramp, of about 45.
const LOOKS: usize = 12;

/// While Cleo speaks, Anna hears Ben at a quarter; on the way there and back the gain is on a straight line in time, and
/// nobody else's hearing changes. Cleo ducks at level 0, so that one tone is heard alone.
pub async fn it_follows_the_ramps(conference: &Conference) -> Result<()> {
    let Conference { anna, ben, cleo, .. } = conference;
    cleo.set_muted(true).await?;
    let ducking = json!({
        "rampActive": RAMP_MS, "rampInactive": RAMP_MS, "lowerLevel": (LOWER * 100.0) as u32, "upperLevel": 100
    });
    let sources = json!([{"participant": "ben"}, {"participant": "cleo", "level": 0, "duckOthers": true}]);
    let level = json!({"participant": "anna", "exclusive": true, "ducking": ducking, "sourceLevels": sources});
    anna.configure(level).await?;
    conference.configure_exclusive(ben, json!([{"participant": "anna"}])).await?;
    let (full, by_ben) = try_join!(anna.hears(&ALL), ben.hears(&ALL))?;

    let amplitude = 10_f64.powf(full[AT_BEN] / 20.0);
    ramp(conference, amplitude, true).await?;
    let (ducked, by_ben_then) = try_join!(anna.hears(&ALL), ben.hears(&ALL))?;
    println!("         ducked by {:+.2} dB", ducked[AT_BEN] - full[AT_BEN]);
    let mut expected = full.clone();
    expected[AT_BEN] += 20.0 * LOWER.log10();
    check_near("ducked", &ducked, &expected, &[AT_BEN], ALONE_DB)?;
    check_near("Ben hears", &by_ben_then, &by_ben, &[AT_ANNA], ALONE_DB)?;
    ramp(conference, amplitude, false).await?;
    cleo.set_muted(false).await?;
    conference.configure(ben, json!([])).await?;
    conference.configure(anna, json!([])).await
}

/// Has Cleo speak, or fall silent, while Anna listens. A browser that stumbles stretches its sound, and the ramp with it:
/// then the ramp is looked at again.
async fn ramp(conference: &Conference, full: f64, speaks: bool) -> Result<()> {
    let Conference { anna, cleo, .. } = conference;
    let direction = if speaks { -1.0 } else { 1.0 };
    let mut followed = Ok(());
    for _look in 0..RAMPS {
        cleo.set_muted(speaks).await?;
        sleep(Duration::from_millis((RAMP_MS + 800).into())).await;
        let turns = async {
            sleep(Duration::from_millis(700)).await;
            cleo.set_muted(!speaks).await
        };
        let (looks, ()) = try_join!(anna.follows(BEN, LOOK_MS), turns)?;
        followed = follows_line(&looks, full, direction);
        if followed.is_ok() {
            break;
        }
    }
    followed
}

/// Compares the gains that are on the way with the line of the ramp.
fn follows_line(looks: &[(f64, f64)], full: f64, direction: f64) -> Result<()> {
    let gains = looks.iter().map(|(time, amplitude)| (*time, amplitude / full));
    let on_the_way: Vec<(f64, f64)> = gains.filter(|(_, gain)| (LOWER + 0.1..0.9).contains(gain)).collect();
    let middle = on_the_way.get(on_the_way.len() / 2).map_or(0.0, |look| look.0);
    let ramp_s = f64::from(RAMP_MS) / 1000.0;
    let near = |look: &&(f64, f64)| (look.0 - middle).abs() < ramp_s / 2.0;
    let on_the_way: Vec<(f64, f64)> = on_the_way.iter().filter(near).copied().collect();
    check(on_the_way.len() >= LOOKS, || format!("{} looks at the ramp of {}", on_the_way.len(), looks.len()))?;

    let (slope, expected) = (slope(&on_the_way), direction * (1.0 - LOWER) / ramp_s);
    let (time, gain) = means(&on_the_way);
    let off = |look: &(f64, f64)| (look.1 - gain - expected * (look.0 - time)).abs();
    let mut distances: Vec<f64> = on_the_way.iter().map(off).collect();
    distances.sort_by(f64::total_cmp);
    let farthest = distances[distances.len() * 9 / 10];
    println!(
        "         slope {slope:+.3}/s of {expected:+.3}/s; nine of ten of {} looks are within {farthest:.3}",
        distances.len()
    );
    check((slope / expected - 1.0).abs() < SLOPE, || format!("slope {slope:.3}/s, not {expected:.3}/s"))?;
    check(farthest < LINE, || format!("{farthest:.3} from the line: {on_the_way:.3?}"))
}

/// The slope of the line that is nearest to all.
fn slope(looks: &[(f64, f64)]) -> f64 {
    let (time, gain) = means(looks);
    let product: f64 = looks.iter().map(|look| (look.0 - time) * (look.1 - gain)).sum();
    product / looks.iter().map(|look| (look.0 - time).powi(2)).sum::<f64>()
}

fn means(looks: &[(f64, f64)]) -> (f64, f64) {
    let count = looks.len() as f64;
    (looks.iter().map(|look| look.0).sum::<f64>() / count, looks.iter().map(|look| look.1).sum::<f64>() / count)
}
