//! The task that sends one call's notifications, one letter after the other, each until it is
//! delivered or given up: [`run`]. It knows times, and nothing of HTTP.

#[cfg(test)]
mod tests;
#[cfg(test)]
mod together;

use std::{collections::VecDeque, future::Future, sync::Arc, time::Duration};

use tokio::time::{Instant, sleep_until, timeout};

use super::{
    Delivery, Letter, NotificationOptions, Outbox,
    answer::Answer,
    events::Event,
    retry::{Waits, later},
};

/// Makes one attempt.
pub(super) trait Transport: Send + Sync + 'static {
    fn send(&self, letter: &Letter) -> impl Future<Output = Answer> + Send;
}

/// Sends until the outbox is closed and empty, or abandoned.
pub(super) async fn run(outbox: Outbox, options: Arc<NotificationOptions>, transport: impl Transport) {
    let abandoned = outbox.abandoned();
    let mut sender = Sender { outbox, options, transport, not_before: Instant::now() };
    while let Some(letter) = sender.outbox.next().await {
        sender.tell_of_too_many();
        abandoned.run_until_cancelled(sender.deliver(letter)).await;
    }
    sender.tell_of_too_many();
}

struct Sender<T> {
    outbox: Outbox,
    options: Arc<NotificationOptions>,
    transport: T,
    /// No attempt is made before this time; a wait that the callback asks for holds for the next
    /// notification too.
    not_before: Instant,
}

impl<T: Transport> Sender<T> {
    /// Sends a letter until nothing of it is left.
    async fn deliver(&mut self, letter: Letter) {
        let mut left = VecDeque::from([letter]);
        while let Some(letter) = left.pop_front() {
            // Before those behind it, as it is older.
            for rest in self.send(letter).await.into_iter().rev() {
                left.push_front(rest);
            }
        }
    }

    /// Makes attempts, as often as it takes. Returns the notifications that have to go in other
    /// letters.
    async fn send(&mut self, letter: Letter) -> Vec<Letter> {
        self.outbox.note(&letter, |delivery| delivery.request_id.clone_from(&letter.request_id));
        let mut waits = Waits::new(&self.options);
        while self.not_before < letter.deadline() {
            sleep_until(self.not_before).await;
            let left = letter.deadline().saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let answer = self.attempt(&letter, left).await;
            self.tell_of_too_many();
            match answer {
                Answer::Taken { status } => {
                    self.taken(&letter, status);
                    return Vec::new();
                }
                Answer::Refused { status, error } => return self.refused(letter, status, error),
                Answer::Failed { status, error, retry_after } => {
                    let wait = waits.next().max(retry_after.unwrap_or_default());
                    self.failed(&letter, status, &error, wait);
                }
            }
        }
        self.too_old(letter)
    }

    async fn attempt(&self, letter: &Letter, left: Duration) -> Answer {
        self.outbox.note(letter, Delivery::begun);
        let limit = self.options.attempt_time.min(left);
        timeout(limit, self.transport.send(letter)).await.unwrap_or_else(|_late| Answer::late(limit))
    }

    fn taken(&self, letter: &Letter, status: u16) {
        self.outbox.note(letter, |delivery| delivery.attempted(Some(status), None));
        self.tell_of_the_end(letter, &self.outbox.delivered(letter));
    }

    /// One bad notification must not take the others with it, nor must all be lost where a callback
    /// knows only one at a time.
    fn refused(&self, letter: Letter, status: Option<u16>, error: String) -> Vec<Letter> {
        self.outbox.note(&letter, |delivery| delivery.attempted(status, Some(error.clone())));
        if letter.count() > 1 {
            Event::Split { letter: &letter, error: &error }.tell();
            return letter.split();
        }
        self.tell_of_the_end(&letter, &self.outbox.give_up(&letter, None));
        Vec::new()
    }

    fn failed(&mut self, letter: &Letter, status: Option<u16>, error: &str, wait: Duration) {
        Event::Failed { letter, error, wait }.tell();
        self.outbox.note(letter, |delivery| delivery.attempted(status, Some(error.to_owned())));
        self.not_before = later(Instant::now(), wait);
    }

    /// Gives up notifications that cannot be delivered in time. Returns a letter of the others.
    fn too_old(&mut self, letter: Letter) -> Vec<Letter> {
        let (old, rest) = letter.due_by(self.not_before.max(Instant::now()));
        if rest.is_none() {
            // However long the callback asks for: the next notification gets its chance.
            self.not_before = self.not_before.min(old.last_deadline());
        }
        let age = self.options.age.as_millis();
        let reason = format!("it would be older than {age} ms at the next attempt");
        self.tell_of_the_end(&old, &self.outbox.give_up(&old, Some(&reason)));
        rest.into_iter().collect()
    }

    fn tell_of_the_end(&self, letter: &Letter, ended: &[Delivery]) {
        for (operation, delivery) in letter.resources().zip(ended) {
            Event::Ended { operation, delivery }.tell();
        }
    }

    fn tell_of_too_many(&self) {
        if let Some(too_many) = self.outbox.take_too_many() {
            let most = self.options.queue;
            Event::TooMany { newest: &too_many.newest, count: too_many.count, most }.tell();
        }
    }
}
