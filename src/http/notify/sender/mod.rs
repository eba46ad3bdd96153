//! The task that sends one call's notifications, one after the other, each until it is delivered or given up: [`run`]. Knows times, and nothing of HTTP.

#[cfg(test)]
mod tests;

use std::{future::Future, sync::Arc, time::Duration};

use tokio::time::{Instant, sleep_until, timeout};

use super::{
    Delivery, Letter, NotificationOptions, Outbox,
    answer::Answer,
    events::Event,
    retry::{Waits, later},
};

/// What makes an attempt.
pub(super) trait Transport: Send + Sync + 'static {
    fn send(&self, letter: &Letter) -> impl Future<Output = Answer> + Send;
}

/// Until the outbox is closed and empty, or abandoned.
pub(super) async fn run(outbox: Outbox, options: Arc<NotificationOptions>, transport: impl Transport) {
    let abandoned = outbox.abandoned();
    let mut sender = Sender { outbox, options, transport, not_before: Instant::now() };
    while let Some(letter) = sender.outbox.next().await {
        sender.tell_of_too_many();
        abandoned.run_until_cancelled(sender.deliver(&letter)).await;
    }
    sender.tell_of_too_many();
}

struct Sender<T> {
    outbox: Outbox,
    options: Arc<NotificationOptions>,
    transport: T,
    /// No attempt is made before; what the callback asks for holds for the next notification too.
    not_before: Instant,
}

impl<T: Transport> Sender<T> {
    async fn deliver(&mut self, letter: &Letter) {
        let mut waits = Waits::new(&self.options);
        while self.not_before < letter.deadline {
            sleep_until(self.not_before).await;
            let left = letter.deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let answer = self.attempt(letter, left).await;
            self.tell_of_too_many();
            if self.is_the_end(letter, answer, &mut waits) {
                return;
            }
        }
        let age = self.options.age.as_millis();
        let reason = format!("it would be older than {age} ms at the next attempt");
        self.end(letter, self.outbox.give_up(letter, Some(reason)));
    }

    async fn attempt(&self, letter: &Letter, left: Duration) -> Answer {
        self.outbox.note(letter, Delivery::begun);
        let limit = self.options.attempt_time.min(left);
        timeout(limit, self.transport.send(letter)).await.unwrap_or_else(|_late| Answer::late(limit))
    }

    /// Notes what came of an attempt; `false` if there is to be another.
    fn is_the_end(&mut self, letter: &Letter, answer: Answer, waits: &mut Waits) -> bool {
        let note = |status, error| self.outbox.note(letter, |delivery| delivery.attempted(status, error));
        match answer {
            Answer::Taken { status } => {
                note(Some(status), None);
                self.end(letter, self.outbox.delivered(letter));
                true
            }
            Answer::Refused { status, error } => {
                note(status, Some(error));
                self.end(letter, self.outbox.give_up(letter, None));
                true
            }
            Answer::Failed { status, error, retry_after } => {
                let wait = waits.next().max(retry_after.unwrap_or_default());
                Event::Failed { letter, error: &error, wait }.tell();
                note(status, Some(error));
                // However long the callback asks for: the next notification is to get its chance.
                self.not_before = later(Instant::now(), wait).min(letter.deadline);
                false
            }
        }
    }

    fn end(&self, letter: &Letter, ended: Option<Delivery>) {
        if let Some(delivery) = ended {
            Event::Ended { letter, delivery: &delivery }.tell();
        }
    }

    fn tell_of_too_many(&self) {
        if let Some(too_many) = self.outbox.take_too_many() {
            let most = self.options.queue;
            Event::TooMany { newest: &too_many.newest, count: too_many.count, most }.tell();
        }
    }
}
