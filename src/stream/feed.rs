//! From the audio thread to threads that wait: [`Feed`]. The audio thread pushes values into a
//! ring, which takes no lock and wakes nobody. A thread of the feed reads the ring once a period
//! and passes the values on through a channel; threads of the host wait on the channel.
//!
//! The audio thread must not write to the channel itself: a channel wakes the thread that waits,
//! which is a system call.

use std::{
    convert::Infallible,
    fmt, io,
    thread::{self, JoinHandle},
    time::Duration,
};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, select};
use rtrb::{Consumer, Producer};

use super::{
    player::{PlayerEvent, PlayerEvents},
    ring::ring,
};
use crate::data::talk::{TalkEvent, TalkEvents};

/// Values from the audio thread, as a channel that any number of a host's threads may wait on, with
/// or without a timeout.
///
/// [`Feed::talk`] carries the talk events of a mixer, [`Feed::player`] the events of a player, [`Feed::new`] values of the host's own. A
/// feed has one thread, which wakes once a period, whether there is a value or not; a value arrives
/// up to a period late. A host of hundreds of mixers rather reads all their [`TalkEvents`] in turn
/// on one thread.
///
/// Nothing is lost on the way. While the channel is full, values wait in the ring; while the ring
/// is full too, the audio thread is refused and counts that
/// ([`MixerReadings::lost_talk_events`](crate::MixerReadings::lost_talk_events)). Once the audio
/// side's end was dropped and the last value received, the channel is disconnected.
///
/// ```
/// use mixminus::{Detector, Frame, JoinOptions, MixerConfig, TalkEventKind, stream::Feed};
/// use std::time::Duration;
///
/// let (controller, mut processor) = MixerConfig::default().build()?;
/// let anna = controller.join("anna", JoinOptions { detector: Detector::Host, ..JoinOptions::default() })?;
/// let talk = Feed::talk(controller.talk_events().expect("nobody has taken them yet"), Duration::from_millis(5))?;
///
/// // A thread of the host's that waits.
/// let events = talk.receiver().clone();
/// let waiting = std::thread::spawn(move || events.recv_timeout(Duration::from_secs(10)));
///
/// # let mut audio = processor.enter();
/// let mut tick = audio.tick(); // on the audio thread
/// tick.send(anna, Frame::from(&[0.25_f32; 480][..]).active(true))?;
/// tick.mix();
///
/// let event = waiting.join().expect("it does not panic")?;
/// assert_eq!(event.kind, TalkEventKind::Started { key: anna });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Feed<T> {
    values: Receiver<T>,
    /// Nothing is ever sent through it: dropping it stops the thread. `None` once it was dropped.
    stop: Option<Sender<Infallible>>,
    /// `None` once it was joined.
    thread: Option<JoinHandle<()>>,
}

/// The audio thread's end of a [`Feed`].
pub struct FeedSender<T>(Producer<T>);

/// Why there is no feed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FeedError {
    /// The room is out of its range.
    #[error("room for {values} values is not between 1 and {most}")]
    Room {
        /// What was asked for.
        values: usize,
        /// The most.
        most: usize,
    },
    /// The system gave no thread.
    #[error("no thread to feed a channel from: {0}")]
    Thread(#[from] io::Error),
}

/// The most values that there may be room for.
const MOST_VALUES: usize = 1 << 20;
/// The shortest and the longest period.
const PERIODS: [Duration; 2] = [Duration::from_millis(1), Duration::from_secs(1)];

impl<T: Copy + Default + Send + 'static> Feed<T> {
    /// A feed of a host's own values, with room for 1 to 2^20 of them in the ring and as many in
    /// the channel. Values are [`Copy`], so that none owns memory which the audio thread would
    /// free.
    ///
    /// From any thread but the audio thread: allocates, and starts the thread that reads the ring
    /// once a `period` of 1 ms to 1 s (a period out of that range is taken as the nearest in it).
    ///
    /// # Errors
    /// [`FeedError`].
    pub fn new(room: usize, period: Duration) -> Result<(FeedSender<T>, Self), FeedError> {
        if !(1..=MOST_VALUES).contains(&room) {
            return Err(FeedError::Room { values: room, most: MOST_VALUES });
        }
        let (sender, ring) = ring(room);
        Ok((FeedSender(sender), Self::start(ring, period)?))
    }
}

impl Feed<TalkEvent> {
    /// A feed of a mixer's talk events, with as much room in the channel as in the ring
    /// ([`MixerConfig::talk_events`]).
    ///
    /// From any thread but the audio thread: allocates, and starts the thread that reads the ring
    /// once a `period` of 1 ms to 1 s (a period out of that range is taken as the nearest in it).
    ///
    /// # Errors
    /// [`FeedError::Thread`]. The events are lost: they are handed out once.
    ///
    /// [`MixerConfig::talk_events`]: crate::MixerConfig::talk_events
    pub fn talk(events: TalkEvents, period: Duration) -> Result<Self, FeedError> {
        Self::start(events.into_ring(), period)
    }
}

impl Feed<PlayerEvent> {
    /// A feed of a player's events, with as much room in the channel as in the ring
    /// ([`PlayerOptions::events`](super::PlayerOptions::events)).
    ///
    /// From any thread but the audio thread: allocates, and starts the thread that reads the ring
    /// once a `period` of 1 ms to 1 s (a period out of that range is taken as the nearest in it).
    /// A host of hundreds of players rather reads all their [`PlayerEvents`] in turn on one thread.
    ///
    /// # Errors
    /// [`FeedError::Thread`]. The events are lost: they are handed out once.
    pub fn player(events: PlayerEvents, period: Duration) -> Result<Self, FeedError> {
        Self::start(events, period)
    }
}

/// Where a feed takes its values.
trait Ring<T> {
    fn room(&self) -> usize;
    fn take(&mut self) -> Option<T>;
    /// Whether no more will come than there are.
    fn is_over(&self) -> bool;
}

impl<T> Ring<T> for Consumer<T> {
    fn room(&self) -> usize {
        self.buffer().capacity()
    }

    fn take(&mut self) -> Option<T> {
        self.pop().ok()
    }

    fn is_over(&self) -> bool {
        self.is_abandoned()
    }
}

impl Ring<PlayerEvent> for PlayerEvents {
    fn room(&self) -> usize {
        self.room()
    }

    fn take(&mut self) -> Option<PlayerEvent> {
        self.try_next()
    }

    fn is_over(&self) -> bool {
        self.is_abandoned()
    }
}

impl<T: Send + 'static> Feed<T> {
    fn start(ring: impl Ring<T> + Send + 'static, period: Duration) -> Result<Self, FeedError> {
        let (to, values) = bounded(ring.room());
        let (stop, stopped) = bounded(0);
        let [shortest, longest] = PERIODS;
        let period = period.clamp(shortest, longest);
        let thread =
            thread::Builder::new().name("mixminus-feed".into()).spawn(move || forward(ring, &to, &stopped, period))?;
        Ok(Self { values, stop: Some(stop), thread: Some(thread) })
    }
}

impl<T> Feed<T> {
    /// The channel: `recv`, `recv_timeout`, `try_recv`, iterators, and `select!` with other
    /// channels of the crate crossbeam-channel. Clones share the values: each value goes to one of
    /// the clones. Clones outlive the feed, and are disconnected once it is dropped.
    ///
    /// Any thread but the audio thread may wait on it.
    pub fn receiver(&self) -> &Receiver<T> {
        &self.values
    }
}

impl<T> Drop for Feed<T> {
    /// Stops the thread and waits for its end, which comes at once. Values in the ring are dropped;
    /// values in the channel can still be received.
    fn drop(&mut self) {
        drop(self.stop.take());
        drop(self.thread.take().map(JoinHandle::join));
    }
}

impl<T> FeedSender<T> {
    /// Hands a value over. For the audio thread, or any other, one at a time: never waits, locks,
    /// allocates, frees or makes a system call.
    ///
    /// # Errors
    /// The value, if there is no room for it.
    pub fn send(&mut self, value: T) -> Result<(), T> {
        self.0.push(value).map_err(|rtrb::PushError::Full(value)| value)
    }

    /// Whether the feed was dropped: nobody will receive what is sent.
    pub fn is_abandoned(&self) -> bool {
        self.0.is_abandoned()
    }
}

/// The work of a feed's thread, until the feed is dropped, or nobody sends or receives any more.
fn forward<T>(mut ring: impl Ring<T>, to: &Sender<T>, stopped: &Receiver<Infallible>, period: Duration) {
    loop {
        // Asked before the ring is emptied: values that were sent before the sender went are passed
        // on.
        let last = ring.is_over();
        while let Some(value) = ring.take() {
            select! {
                send(to, value) -> sent => if sent.is_err() { return },
                recv(stopped) -> _ => return,
            }
        }
        if last || stopped.recv_timeout(period) != Err(RecvTimeoutError::Timeout) {
            return;
        }
    }
}

impl<T> fmt::Debug for Feed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed").field("waiting", &self.values.len()).finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for FeedSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FeedSender").field("room", &self.0.slots()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use crossbeam_channel::TryRecvError;

    use super::*;

    const PERIOD: Duration = Duration::from_millis(1);
    const LONG: Duration = Duration::from_secs(60);

    fn feed(room: usize) -> (FeedSender<u32>, Feed<u32>) {
        Feed::new(room, PERIOD).unwrap()
    }

    #[test]
    fn who_waits_is_woken_with_a_value_or_at_the_end() {
        let (mut sender, feed) = feed(4);
        let values = feed.receiver().clone();
        let waiting = thread::spawn(move || values.iter().collect::<Vec<_>>());
        (0..100).for_each(|value| while sender.send(value).is_err() {});
        drop(sender);
        assert_eq!(waiting.join().unwrap(), (0..100).collect::<Vec<_>>());
        assert_eq!(feed.receiver().recv_timeout(LONG), Err(RecvTimeoutError::Disconnected));
    }

    #[test]
    fn a_wait_ends_with_its_timeout() {
        let (_sender, feed) = feed(4);
        let begin = Instant::now();
        assert_eq!(feed.receiver().recv_timeout(Duration::from_millis(20)), Err(RecvTimeoutError::Timeout));
        assert!(begin.elapsed() >= Duration::from_millis(20));
        assert_eq!(feed.receiver().try_recv(), Err(TryRecvError::Empty));
    }

    #[test]
    fn what_finds_no_room_is_given_back_and_nothing_else_is_lost() {
        let (mut sender, feed) = feed(2);
        let (begin, mut taken) = (Instant::now(), 0);
        // Two in the channel, one on its way, two in the ring.
        while taken < 5 && begin.elapsed() < LONG {
            taken += u32::from(sender.send(taken).is_ok());
        }
        thread::sleep(20 * PERIOD);
        assert_eq!((sender.send(9), sender.is_abandoned()), (Err(9), false));
        assert_eq!(feed.receiver().iter().take(5).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_dropped_feed_stops_at_once_even_where_nobody_takes_what_it_has() {
        let longest = PERIODS[1];
        for (period, full) in [(longest, false), (PERIOD, true)] {
            let (mut sender, feed) = Feed::new(1, period).unwrap();
            let values = feed.receiver().clone();
            for _ in 0..if full { 20 } else { 0 } {
                let _ = sender.send(7);
                thread::sleep(PERIOD);
            }
            let begin = Instant::now();
            drop(feed);
            assert!(begin.elapsed() < longest * 9 / 10 && sender.is_abandoned());
            assert!(values.iter().all(|value| value == 7), "what is left can be received, and then it ends");
        }
    }

    #[test]
    fn the_room_has_its_range() {
        let says = |room| Feed::<u32>::new(room, PERIOD).unwrap_err().to_string();
        assert_eq!(says(0), "room for 0 values is not between 1 and 1048576");
        assert!(says(usize::MAX).ends_with("not between 1 and 1048576"));
    }
}
