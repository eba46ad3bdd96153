//! What came out, as a small table.

use super::ticking::Ticked;

pub fn print(done: &[(&str, u64)], ticked: &Ticked) {
    println!("{:24} {:>12}", "thread", "times");
    done.iter().for_each(|(name, times)| println!("{name:24} {times:>12}"));
    println!("{:24} {:>12}", "ticks of 5 ms", ticked.ticks);
    let times = [500, 990, 999].map(|of_thousand| ticked.us(of_thousand));
    println!(
        "{:24} p50 {} us, p99 {} us, p99.9 {} us, worst {} us",
        "a tick takes",
        times[0],
        times[1],
        times[2],
        ticked.worst_us()
    );
    println!("{:24} {:?}", "allocated, freed", ticked.counts);
    println!("{:24} {}", "real-time priority", ticked.real_time);
}
