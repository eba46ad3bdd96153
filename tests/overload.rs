//! What is left out under load: who is still heard, at which gain, that nothing is heard that a listener does not hear
//! otherwise, that it comes and goes without a click, and that everything is as before afterwards.

mod alloc;
mod cases;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use cases::cases;
use mixminus::{
    Controller, Detector, Direction, Frame, Gain, JoinOptions, MixerConfig, ParticipantKey, Processor, Shedding,
    config::{Ducking, ParticipantMixerLevel, SourceLevel},
};
use proptest::prelude::*;

const PLAIN: Shedding = Shedding { plain_gains: true, ..Shedding::NONE };
const LOUDEST: Shedding = Shedding { loudest: Some(1), ..Shedding::NONE };

/// Twelve participants who all talk and listen.
const PEOPLE: usize = 12;
const TICK: usize = 48;

/// A call, of which every participant sends a signal of its own.
struct Call {
    controller: Controller,
    processor: Processor,
    keys: Vec<ParticipantKey>,
    ticks: usize,
}

impl Call {
    fn new() -> Self {
        let config = MixerConfig { sample_rate: 4800, tick_samples: TICK, limiter: None, ..MixerConfig::default() };
        // One grows while it runs.
        let (controller, processor) = MixerConfig { participants: PEOPLE / 2, ..config }.build().unwrap();
        let options = JoinOptions { detector: Detector::Host, ..JoinOptions::default() };
        let keys = (0..PEOPLE).map(|n| controller.join(n.to_string(), options.clone()).unwrap()).collect();
        Self { controller, processor, keys, ticks: 0 }
    }

    fn configure(&self, rows: &[ParticipantMixerLevel]) {
        self.controller.configure(rows).unwrap();
    }

    /// One tick. Every listener's mix.
    fn tick(&mut self, shedding: Shedding, active: usize) -> Vec<Vec<f32>> {
        let mut audio = self.processor.enter();
        audio.shed(shedding);
        let mut tick = audio.tick();
        for (n, key) in self.keys.iter().enumerate() {
            let frame = [level(n); TICK];
            tick.send(*key, Frame::from(&frame[..]).active(n < active)).unwrap();
        }
        self.ticks += 1;
        let mixes = tick.mix();
        self.keys.iter().map(|key| mixes.get(*key).unwrap().samples().to_vec()).collect()
    }

    fn run(&mut self, shedding: Shedding, active: usize, ticks: usize) -> Vec<Vec<f32>> {
        (1..ticks).for_each(|_| drop::<Vec<_>>(self.tick(shedding, active)));
        self.tick(shedding, active)
    }
}

/// What a participant sends: constant, so that a step of a gain is a step of the mix. No two sums are the same.
fn level(n: usize) -> f32 {
    0.5 / (1 << n) as f32
}

/// Longer than what is left out takes to come and go, and envelopes to arrive.
const SETTLED: usize = 60;

type Row = (bool, bool, Vec<(usize, i64, bool)>);

fn request(listener: usize, (exclusive, ducks, sources): &Row, plain: bool) -> ParticipantMixerLevel {
    let ducking = Ducking { ramp_active: 20, ramp_inactive: 20, lower_level: 25, upper_level: 75 };
    let level = |level: i64| if plain && level > 0 { 100 } else { level };
    let listed = sources.iter().filter(|(source, ..)| *source != listener);
    let source = |(source, given, duck_others): &(usize, i64, bool)| SourceLevel {
        level: level(*given),
        duck_others: *ducks && *duck_others,
        ..SourceLevel::new(source.to_string())
    };
    let mut source_levels: Vec<_> = listed.map(source).collect();
    source_levels.sort_by(|a, b| a.participant.cmp(&b.participant));
    source_levels.dedup_by(|a, b| a.participant == b.participant);
    ParticipantMixerLevel {
        exclusive: *exclusive,
        ducking: ducks.then_some(ducking),
        source_levels,
        ..ParticipantMixerLevel::new(listener.to_string())
    }
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let level = prop_oneof![2 => Just(0_i64), 1 => Just(100), 4 => 1..=100_i64];
    let row =
        (prop::bool::weighted(0.2), any::<bool>(), prop::collection::vec((0..PEOPLE, level, any::<bool>()), 0..PEOPLE));
    prop::collection::vec(row, PEOPLE)
}

fn requests(rows: &[Row], plain: bool) -> Vec<ParticipantMixerLevel> {
    rows.iter().enumerate().map(|(listener, row)| request(listener, row, plain)).collect()
}

fn near(ours: &[Vec<f32>], theirs: &[Vec<f32>]) -> Result<(), TestCaseError> {
    for (listener, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        let apart = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        prop_assert!(apart <= 1e-6, "listener {listener} is {apart} apart");
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn plain_gains_are_those_of_a_call_whose_levels_are_all_0_or_100(
        before in rows(), meanwhile in rows(), active in 0..3_usize,
    ) {
        let [mut shed, mut plain, mut untouched] = [(); 3].map(|()| Call::new());
        for (call, all_100) in [(&shed, false), (&plain, true), (&untouched, false)] {
            call.configure(&requests(&before, all_100));
        }
        near(&shed.run(Shedding::NONE, active, SETTLED), &untouched.run(Shedding::NONE, active, SETTLED))?;
        near(&shed.run(PLAIN, active, SETTLED), &plain.run(Shedding::NONE, active, SETTLED))?;
        for (call, all_100) in [(&shed, false), (&plain, true), (&untouched, false)] {
            call.configure(&requests(&meanwhile, all_100));
        }
        let active = (active + 1) % 3;
        near(&shed.run(PLAIN, active, SETTLED), &plain.run(Shedding::NONE, active, SETTLED))?;
        near(&shed.run(Shedding::NONE, active, SETTLED), &untouched.run(Shedding::NONE, active, SETTLED))?;
    }

    #[test]
    fn it_comes_and_goes_without_a_click_and_never_lets_be_heard_what_is_at_0(rows in rows(), all in any::<bool>()) {
        let mut call = Call::new();
        // Who is alone with itself hears nothing, and so does who has everybody at 0.
        let mut rows = rows;
        rows[3] = (true, false, Vec::new());
        rows[4] = (false, false, (0..PEOPLE).map(|source| (source, 0, false)).collect());
        call.configure(&requests(&rows, false));
        let mut last = call.run(Shedding::NONE, 0, SETTLED);
        let shedding = Shedding { plain_gains: true, loudest: Some(2), listed_compete: all };
        // No gain moves by more than 1 in the smoothing time of 48 samples: no mix by more than this in one.
        let most = (0..PEOPLE).map(level).sum::<f32>() / 48.0 * 1.001;
        for tick in 0..4 * SETTLED {
            let mixes = call.tick(if (tick / SETTLED).is_multiple_of(2) { shedding } else { Shedding::NONE }, 0);
            for (mix, last) in mixes.iter().zip(&last) {
                let before = std::iter::once(last[TICK - 1]).chain(mix.iter().copied());
                let step = before.zip(mix).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                prop_assert!(step <= most, "a step of {step} in tick {tick}");
            }
            prop_assert!(mixes[3..5].iter().flatten().all(|sample| *sample == 0.0));
            last = mixes;
        }
    }
}

#[test]
fn listeners_who_have_levels_of_their_own_share_mixes() {
    let mut call = Call::new();
    let rows: Vec<_> = (0..PEOPLE).map(|n| (false, false, vec![(0, n as i64 + 1, false), (1, 50, false)])).collect();
    call.configure(&requests(&rows, false));
    let distinct = |call: &Call| call.controller.mixer_readings().distinct_mixes;
    let only = |call: &mut Call, shedding| {
        call.run(Shedding { loudest: Some(2), listed_compete: true, ..shedding }, 0, SETTLED);
        distinct(call)
    };
    assert_eq!(only(&mut call, Shedding::NONE), 12, "at other levels each");
    assert_eq!(only(&mut call, PLAIN), 3, "those of the two who are heard, and of all others");
    assert_eq!(only(&mut call, Shedding::NONE), 12);
}

#[test]
fn who_is_listed_is_heard_unless_all_compete() {
    let mut call = Call::new();
    let quiet = PEOPLE - 1;
    call.controller.set_gain("1", quiet.to_string().as_str(), Gain::new(0.5).unwrap()).unwrap();
    let heard = |call: &mut Call, shedding| call.run(shedding, 0, SETTLED)[1][TICK - 1];
    let all = heard(&mut call, Shedding::NONE);
    assert_eq!(heard(&mut call, LOUDEST), level(0) + 0.5 * level(quiet));
    assert_eq!(heard(&mut call, Shedding { listed_compete: true, ..LOUDEST }), level(0));
    assert_eq!(heard(&mut call, Shedding { plain_gains: true, ..LOUDEST }), level(0) + level(quiet));
    assert_eq!(heard(&mut call, Shedding::NONE), all);
    call.controller.set_loudest(Some(1)).unwrap();
    assert_eq!(heard(&mut call, Shedding { loudest: Some(9), ..LOUDEST }), level(0) + 0.5 * level(quiet));
    call.controller.set_loudest(None).unwrap();
    assert_eq!(heard(&mut call, LOUDEST), level(0) + 0.5 * level(quiet), "what controllers say does not end it");
    assert_eq!(call.controller.mixer_readings().shed_ticks, 5 * SETTLED as u64);
}

#[test]
fn a_ducker_that_is_left_out_ducks_nobody() {
    let mut call = Call::new();
    let heard = |call: &mut Call, shedding| call.run(shedding, PEOPLE, SETTLED)[1][TICK - 1];
    call.configure(&[request(1, &(false, true, vec![(5, 100, true)]), false)]);
    let others = level(0) + level(2) + level(3);
    let shedding = Shedding { loudest: Some(4), ..Shedding::NONE };
    assert_eq!(heard(&mut call, shedding), 0.25 * others + level(5));
    assert_eq!(heard(&mut call, Shedding { listed_compete: true, ..shedding }), 0.75 * others);
    assert_eq!(heard(&mut call, Shedding { listed_compete: true, ..Shedding::NONE }), heard(&mut call, Shedding::NONE));
}

#[test]
fn one_who_joins_meanwhile_hears_at_plain_gains_at_once() {
    let mut call = Call::new();
    call.run(PLAIN, 0, SETTLED);
    let key = call.controller.join("late", JoinOptions { direction: Direction::Listener, ..JoinOptions::default() });
    let levels = vec![SourceLevel { level: 25, ..SourceLevel::new("0") }];
    let row = ParticipantMixerLevel { exclusive: true, source_levels: levels, ..ParticipantMixerLevel::new("late") };
    call.configure(&[row]);
    let mut audio = call.processor.enter();
    let mut tick = audio.tick();
    tick.send(call.keys[0], Frame::from(&[0.5_f32; TICK][..])).unwrap();
    // Its own mix fades in; the gain in it does not move.
    let fades_in: Vec<_> = (1..=TICK).map(|n| 0.5 * n as f32 / TICK as f32).collect();
    let mixes = tick.mix();
    near(&[mixes.get(key.unwrap()).unwrap().samples().to_vec()], &[fades_in]).unwrap();
}

#[test]
fn it_allocates_and_frees_nothing() {
    let _alone = alloc::alone();
    let mut call = Call::new();
    let rows: Vec<_> =
        (0..PEOPLE).map(|n| (false, true, vec![(n / 2, 40, true), ((n + 5) % PEOPLE, 0, false)])).collect();
    call.configure(&requests(&rows, false));
    let mut audio = call.processor.enter();
    for round in 0..400 {
        let all = Shedding { plain_gains: true, loudest: Some(1), listed_compete: round % 3 == 0 };
        alloc::watched(|| {
            audio.shed(if round / 7 % 2 == 0 { all } else { Shedding::NONE });
            let mut tick = audio.tick();
            call.keys.iter().for_each(|key| tick.send(*key, Frame::from(&[0.25_f32; TICK][..])).unwrap());
            tick.mix();
        });
    }
}

#[cfg(feature = "stream")]
#[test]
fn a_runner_has_less_mixed_while_ticks_take_too_long_and_all_of_it_again_afterwards() {
    use mixminus::stream::{Priority, Runner, RunnerOptions};
    let _alone = alloc::alone();
    let Call { controller, processor, keys, .. } = Call::new();
    let policy = mixminus::OverloadPolicy { recover_ms: 50, ..mixminus::OverloadPolicy::default() };
    let options = RunnerOptions { priority: Priority::Normal, overload: Some(policy), ..RunnerOptions::default() };
    let busy = Arc::new(AtomicBool::new(true));
    let load = Arc::clone(&busy);
    let before = move |tick: &mut mixminus::Tick<'_>| {
        keys.iter().enumerate().for_each(|(n, key)| tick.send(*key, Frame::from(&[level(n); TICK][..])).unwrap());
    };
    // As if the host encoded each mix on this thread.
    let after = move |mixes: &mixminus::Mixes<'_>| {
        if load.load(Relaxed) && mixes.distinct().len() > 5 {
            std::thread::sleep(Duration::from_millis(9));
        }
    };
    let runner = Runner::start_with(processor, options, before, after).unwrap();
    let until = |what: &dyn Fn(u32) -> bool| {
        let began = Instant::now();
        while !what(runner.readings().overload_step) {
            assert!(began.elapsed() < Duration::from_secs(60), "{:?}", runner.readings());
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    // Eight who are heard are nine mixes, four are five.
    until(&|step| step == 3);
    busy.store(false, Relaxed);
    until(&|step| step == 0);
    let readings = runner.readings();
    assert!(readings.overload_steps_taken >= 3, "{readings:?}");
    assert!(controller.mixer_readings().shed_ticks > 0);
    busy.store(true, Relaxed);
    until(&|step| step == 1);
    assert_eq!(runner.stop().unwrap().enter().shedding(), Shedding::NONE, "whoever ticks next begins with everything");
}
