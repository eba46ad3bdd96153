//! The steps of a packet's way, and the time that each takes: [`Times`], by a [`Stopwatch`].

use std::ops::{Index, IndexMut};

use cpu_time::ThreadTime;

/// What is done in a call, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A packet is taken from the network, and pushed into its port.
    In,
    /// What is due is decoded.
    Decode,
    /// The tick: what has been decoded is played into it, and it is found out who hears whom.
    Ports,
    /// The tick: the mixes, with their limiters.
    Mix,
    /// The mixes are copied for the thread that encodes.
    Relay,
    /// Mixes become packets.
    Encode,
    /// A packet is sent to each listener.
    Out,
}

impl Step {
    /// All, in order.
    pub const ALL: [Self; 7] = [Self::In, Self::Decode, Self::Ports, Self::Mix, Self::Relay, Self::Encode, Self::Out];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Decode => "decode",
            Self::Ports => "ports",
            Self::Mix => "mix",
            Self::Relay => "relay",
            Self::Encode => "encode",
            Self::Out => "out",
        }
    }
}

/// How long each step took.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Times([f64; Step::ALL.len()]);

impl Times {
    /// A time for each step.
    pub fn of(time: impl FnMut(Step) -> f64) -> Self {
        Self(Step::ALL.map(time))
    }

    /// All steps together.
    pub fn sum(&self) -> f64 {
        self.0.iter().sum()
    }
}

impl Index<Step> for Times {
    type Output = f64;

    fn index(&self, step: Step) -> &f64 {
        &self.0[step as usize]
    }
}

impl IndexMut<Step> for Times {
    fn index_mut(&mut self, step: Step) -> &mut f64 {
        &mut self.0[step as usize]
    }
}

/// Adds up the processor time of this thread, step by step, in seconds: also on a machine whose cores others want.
#[derive(Debug)]
pub struct Stopwatch {
    since: ThreadTime,
    times: Times,
}

impl Stopwatch {
    /// With no time yet.
    pub fn new() -> Self {
        Self { since: ThreadTime::now(), times: Times::default() }
    }

    /// What follows is timed.
    pub fn start(&mut self) {
        self.since = ThreadTime::now();
    }

    /// What was done since the start, or since the step before, was this step.
    pub fn lap(&mut self, step: Step) {
        let now = ThreadTime::now();
        self.times[step] += now.duration_since(self.since).as_secs_f64();
        self.since = now;
    }

    /// The times so far. They begin anew.
    pub fn take(&mut self) -> Times {
        std::mem::take(&mut self.times)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(ms: u64) {
        let begun = ThreadTime::now();
        while begun.elapsed().as_millis() < u128::from(ms) {}
    }

    #[test]
    fn each_step_has_its_time_and_no_other() {
        let mut watch = Stopwatch::new();
        work(5);
        watch.start();
        work(2);
        watch.lap(Step::Decode);
        work(1);
        watch.lap(Step::Out);
        std::thread::sleep(std::time::Duration::from_millis(20));
        watch.lap(Step::Mix);
        let times = watch.take();
        assert!(
            (0.002..0.004).contains(&times[Step::Decode]) && (0.001..0.003).contains(&times[Step::Out]),
            "{times:?}"
        );
        assert!(times[Step::Mix] < 0.001 && times[Step::In] == 0.0, "{times:?}");
        assert!((times.sum() - Step::ALL.iter().map(|step| times[*step]).sum::<f64>()).abs() < 1e-9);
        assert_eq!(watch.take(), Times::default());
    }
}
