//! That dead names delay no others, by resolvers that the tests give.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::{task::JoinSet, time::advance};

use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// Counts what is looked up. Names with "dead" in them hang while it is closed, and fail then.
fn rig() -> (Lookups, Arc<AtomicBool>, Arc<AtomicUsize>) {
    let (closed, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let (held, counted) = (Arc::clone(&closed), Arc::clone(&count));
    let lookups = Lookups::by(move |name| {
        counted.fetch_add(1, Ordering::SeqCst);
        if name.contains("dead") {
            let begin = std::time::Instant::now();
            // Not for ever, if a test fails.
            while held.load(Ordering::SeqCst) && begin.elapsed() < 20 * SECOND {
                std::thread::sleep(Duration::from_millis(5));
            }
            return Err(io::Error::other("no such name"));
        }
        Ok(vec![([127, 0, 0, 1], 0).into()])
    });
    (lookups, closed, count)
}

#[tokio::test]
async fn the_system_finds_what_there_is() {
    let lookups = Lookups::default();
    let found = lookups.resolve("localhost".parse().unwrap()).await.unwrap();
    assert!(found.map(|address| address.ip()).all(|address| address.is_loopback()));
    assert!(lookups.resolve("no.such.name.invalid".parse().unwrap()).await.is_err());
}

#[tokio::test]
async fn a_thousand_dead_names_take_few_threads_and_delay_no_other() {
    let (lookups, closed, count) = rig();
    assert!(lookups.find("known").await.is_ok());
    closed.store(true, Ordering::SeqCst);
    let mut dead = JoinSet::new();
    for number in 0..1000 {
        let lookups = lookups.clone();
        dead.spawn(async move { lookups.find(&format!("dead{number}")).await });
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let begin = std::time::Instant::now();
    assert!(lookups.find("known").await.is_ok() && begin.elapsed() < SECOND / 5, "it needs no thread");
    assert!(lookups.find("new").await.is_ok() && begin.elapsed() < 10 * SECOND, "{:?}", begin.elapsed());
    assert!(count.load(Ordering::SeqCst) < 64 + 32, "{count:?}");
    closed.store(false, Ordering::SeqCst);
    assert!(dead.join_all().await.iter().all(Result::is_err));
    assert_eq!(count.load(Ordering::SeqCst), 1002, "each once");
}

#[tokio::test(start_paused = true)]
async fn answers_are_kept_and_so_are_failures() {
    let (lookups, _open, count) = rig();
    for (name, looked_up) in [("a", 1), ("a", 1), ("dead", 2), ("dead", 2)] {
        assert_eq!((lookups.find(name).await.is_ok(), count.load(Ordering::SeqCst)), (name == "a", looked_up));
    }
    advance(31 * SECOND).await;
    assert!(lookups.find("dead").await.is_err() && lookups.find("a").await.is_ok());
    assert_eq!(count.load(Ordering::SeqCst), 3, "the failure is forgotten, the answer is not");
    advance(30 * SECOND).await;
    assert!(lookups.find("a").await.is_ok());
    assert_eq!(count.load(Ordering::SeqCst), 4);
}

#[test]
fn the_last_good_answer_is_used_while_a_name_fails_or_hangs() {
    let (mut names, begin) = (Names::default(), Instant::now());
    let good: Arc<[SocketAddr]> = vec![([127, 0, 0, 1], 0).into()].into();
    drop(names.ask("a", begin));
    let name = names_begin(&mut names, begin);
    names.end(&name, Ok(Arc::clone(&good)), begin);
    let later = begin + 61 * SECOND;
    for at in [later, later + 10 * SECOND] {
        let Asked::Wait { since, last, .. } = names.ask("a", at) else { panic!("it is old") };
        assert_eq!((since, last), (later, Some(Arc::clone(&good))));
    }
    assert_eq!(&*names_begin(&mut names, later), "a");
    assert!(names.begin(later).is_none(), "it is looked up once");
    names.end("a", Err("no".into()), later);
    let Asked::Known(found) = names.ask("a", later) else { panic!("it has failed just now") };
    assert_eq!(found, Ok(good));
}

fn names_begin(names: &mut Names, now: Instant) -> Arc<str> {
    names.begin(now).expect("one waits")
}

#[test]
fn names_that_have_failed_leave_room_and_no_more_are_known_than_may() {
    let (mut names, mut now) = (Names::default(), Instant::now());
    for number in 0..names::MOST + 100 {
        now += Duration::from_micros(1);
        drop(names.ask(&number.to_string(), now));
        while let Some(name) = names.begin(now) {
            names.end(&name, Err("no".into()), now);
        }
    }
    now += 31 * SECOND;
    // The first were forgotten, which lets the others be.
    for number in 100..names::MOST + 100 {
        assert!(matches!(names.ask(&number.to_string(), now), Asked::Wait { .. }));
    }
    let refused = names.ask("one more", now);
    assert!(matches!(refused, Asked::Known(Err(_))), "all are being looked up");
    assert_eq!(std::iter::from_fn(|| names.begin(now)).count(), 32);
}
