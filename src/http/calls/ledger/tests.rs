//! The ledger, step by step, and with steps in any order.

use std::time::Duration;

use super::*;
use crate::config::CompletionReason;
use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};

fn ledger(most_running: usize) -> Ledger {
    Ledger::new("call".into(), OperationOptions::default(), most_running, None)
}

fn begin(ledger: &Ledger, generation: u64) -> Result<String, NoPlace> {
    ledger.reserve().map(|place| place.begin(request(None), Generation(generation)).id)
}

fn request(client_context: Option<&str>) -> Request {
    Request { kind: OperationKind::Comms, client_context: client_context.map(str::to_owned) }
}

fn begin_prompt(ledger: &Ledger) -> Result<String, NoPlace> {
    let prompt = Request { kind: OperationKind::PlayPrompt, ..request(None) };
    ledger.reserve().map(|place| place.begin_untimed(prompt).id)
}

fn mixed(generation: u64) -> Progress {
    Progress { mixed: Generation(generation), gone: false }
}

fn status(ledger: &Ledger, id: &str) -> OperationStatus {
    ledger.get(id).unwrap().status
}

#[test]
fn an_operation_is_completed_with_its_generation() {
    let ledger = ledger(10);
    let ids = [3, 3, 4].map(|generation| begin(&ledger, generation).unwrap());
    ledger.advance(mixed(2), Instant::now());
    assert_eq!(ids.each_ref().map(|id| status(&ledger, id)), [OperationStatus::Running; 3]);
    ledger.advance(mixed(3), Instant::now());
    let [completed, running] = [OperationStatus::Completed, OperationStatus::Running];
    assert_eq!(ids.each_ref().map(|id| status(&ledger, id)), [completed, completed, running]);
}

#[test]
fn what_was_mixed_before_the_mixer_went_or_the_time_was_up_is_completed() {
    let ledger = ledger(10);
    let ids = [1, 2].map(|generation| begin(&ledger, generation).unwrap());
    let late = Instant::now() + Duration::from_secs(3600);
    ledger.advance(Progress { mixed: Generation(1), gone: true }, late);
    assert_eq!(status(&ledger, &ids[0]), OperationStatus::Completed);
    let info = ledger.get(&ids[1]).unwrap().result_info.unwrap();
    assert_eq!((info.code, info.subcode), (500, 3));
}

#[test]
fn a_place_that_is_not_used_is_free_again() {
    let ledger = ledger(1);
    let place = ledger.reserve().unwrap();
    assert_eq!(ledger.reserve().err(), Some(NoPlace::Full { most: 1 }));
    assert!(!ledger.is_idle());
    drop(place);
    assert!(ledger.is_idle() && begin(&ledger, 1).is_ok());
    assert_eq!(begin(&ledger, 2), Err(NoPlace::Full { most: 1 }));
}

#[test]
fn a_place_outlives_the_call_and_its_operation_fails_at_once() {
    let ledger = ledger(2);
    let place = ledger.reserve().unwrap();
    assert_eq!(ledger.close(Failure::CallEnded), 0);
    assert_eq!(ledger.reserve().err(), Some(NoPlace::Ended(Failure::CallEnded)));
    let operation = place.begin(request(Some("c")), Generation(1));
    assert_eq!((operation.status, operation.client_context.as_deref()), (OperationStatus::Failed, Some("c")));
    assert_eq!(ledger.get(&operation.id), Some(operation));
    assert!(ledger.is_idle());
}

#[test]
fn a_prompt_runs_until_it_is_told_to_end() {
    let ledger = ledger(2);
    let (prompt, change) = (begin_prompt(&ledger).unwrap(), begin(&ledger, 1).unwrap());
    assert_eq!(begin(&ledger, 2), Err(NoPlace::Full { most: 2 }));
    ledger.advance(mixed(1), Instant::now() + Duration::from_secs(3600));
    assert_eq!([&prompt, &change].map(|id| ledger.is_running(id)), [true, false]);
    assert!(!ledger.is_idle());
    ledger.finish(&prompt, End::Played(CompletionReason::CompletedSuccessfully));
    ledger.finish(&prompt, End::Failed(Failure::CallEnded));
    let ended = ledger.get(&prompt).unwrap();
    assert_eq!((ended.kind, ended.status), (OperationKind::PlayPrompt, OperationStatus::Completed));
    assert_eq!(ended.completion_reason, Some(CompletionReason::CompletedSuccessfully));
    assert!(ledger.is_idle());
}

#[derive(Debug, Clone)]
enum Step {
    Begin,
    Prompt,
    EndPrompt,
    Mix(u64),
    Drain,
    Close,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => prop::strategy::Just(Step::Begin),
        2 => prop::strategy::Just(Step::Prompt),
        2 => prop::strategy::Just(Step::EndPrompt),
        4 => (0..4_u64).prop_map(Step::Mix),
        1 => prop::strategy::Just(Step::Drain),
        1 => prop::strategy::Just(Step::Close),
    ]
}

proptest! {
    /// In any order of steps: an operation that has ended stays ended, none is lost, no more run
    /// than allowed, and all but prompts end in the order in which they began.
    #[test]
    fn every_operation_ends_once_and_in_order(steps in prop::collection::vec(step(), 1..60)) {
        let ledger = ledger(5);
        let (mut ids, mut prompts, mut ended, mut newest) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for step in steps {
            match step {
                Step::Begin => {
                    newest += 1;
                    ids.extend(begin(&ledger, newest));
                }
                Step::Prompt => prompts.extend(begin_prompt(&ledger)),
                Step::EndPrompt => {
                    let playing = prompts.iter().find(|id| ledger.is_running(id));
                    let end = End::Played(CompletionReason::MediaOperationCanceled);
                    playing.into_iter().for_each(|id: &String| ledger.finish(id, end.clone()));
                }
                Step::Mix(behind) => ledger.advance(mixed(newest.saturating_sub(behind)), Instant::now()),
                Step::Drain => ledger.drain(),
                Step::Close => assert!(ledger.close(Failure::CallEnded) <= 5),
            }
            let now: Vec<_> = ids.iter().map(|id| status(&ledger, id)).collect();
            let played = prompts.iter().filter(|id| ledger.is_running(id)).count();
            prop_assert!(now.iter().filter(|status| !status.is_final()).count() + played <= 5);
            prop_assert!(now.is_sorted_by_key(|status| !status.is_final()), "{now:?}");
            let ends = now.iter().copied().take_while(|status| status.is_final()).collect::<Vec<_>>();
            prop_assert_eq!(&ends[..ended.len()], &ended[..]);
            ended = ends;
        }
        ledger.close(Failure::ShutDown);
        prop_assert!(ledger.is_idle() && ids.iter().chain(&prompts).all(|id| status(&ledger, id).is_final()));
    }
}
