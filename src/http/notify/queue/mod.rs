//! Which notifications of a call wait, which are being sent, and what became of the others:
//! [`Queue`]. Plain data without locks, waits or HTTP.

mod letter;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use tokio::time::Instant;

use super::{Delivery, NotificationOptions, retry::later};
use crate::config::CommsNotifications;
use letter::{Entry, resource};

pub(super) use letter::{Letter, MOST};

/// The notifications of one call. Each is in one of the three places.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// How many were ever posted.
    posted: u64,
    waiting: VecDeque<Waiting>,
    /// Notifications that the sender has.
    sending: VecDeque<Record>,
    /// In the order in which they ended.
    ended: VecDeque<Record>,
    closed: bool,
    abandoned: bool,
    too_many: Option<TooMany>,
}

/// The record of a notification, and its place in the order of all.
#[derive(Debug, Clone)]
struct Record {
    number: u64,
    delivery: Delivery,
}

#[derive(Debug)]
struct Waiting {
    record: Record,
    notification: CommsNotifications,
    posted: Instant,
}

/// Notifications that were given up because too many waited, since that was last told.
#[derive(Debug)]
pub(super) struct TooMany {
    pub count: usize,
    pub newest: String,
}

impl Queue {
    pub fn post(&mut self, operation: &str, notification: CommsNotifications, options: &NotificationOptions) {
        let record = Record { number: self.posted, delivery: Delivery::posted(operation) };
        self.posted += 1;
        if self.is_over() {
            return self.give_up(record, "nothing more is sent for this call", options.records);
        }
        self.waiting.push_back(Waiting { record, notification, posted: Instant::now() });
        // The first goes to the sender, even if it has not come for it yet.
        while self.waiting.len() > options.queue.saturating_add(usize::from(self.sending.is_empty())) {
            self.drop_oldest(options);
        }
    }

    pub fn close(&mut self) {
        self.closed = true;
    }

    /// Whether no more is taken on.
    pub fn is_over(&self) -> bool {
        self.closed || self.abandoned
    }

    /// Gives up all that waits or is being sent, and returns it.
    pub fn abandon(&mut self) -> Vec<Delivery> {
        self.abandoned = true;
        let waiting = std::mem::take(&mut self.waiting).into_iter().map(|waiting| waiting.record);
        let records: Vec<Record> = std::mem::take(&mut self.sending).into_iter().chain(waiting).collect();
        let begin = self.ended.len();
        for record in records {
            self.give_up(record, "the service was shut down", usize::MAX);
        }
        self.ended.range(begin..).map(|record| record.delivery.clone()).collect()
    }

    /// The next letter: all notifications that wait, up to the most that one letter takes.
    pub fn take(&mut self, options: &NotificationOptions) -> Option<Letter> {
        debug_assert!(self.sending.is_empty(), "one letter after the other");
        let taken: Vec<Waiting> = self.waiting.drain(..self.waiting.len().min(MOST)).collect();
        let request_id = match &taken[..] {
            [] => return None,
            [one] => one.record.delivery.request_id.clone(),
            _ => uuid::Uuid::new_v4().to_string(),
        };
        self.sending.extend(taken.iter().map(|waiting| waiting.record.clone()));
        Some(Letter::new(taken.into_iter().map(|waiting| waiting.entry(options)).collect(), request_id))
    }

    /// The records of a letter's notifications; none if they were abandoned.
    pub fn sending(&mut self, letter: &Letter) -> impl Iterator<Item = &mut Delivery> {
        let records = self.sending.iter_mut().filter(|record| letter.has(record.number));
        records.map(|record| &mut record.delivery)
    }

    /// Ends the notifications of a letter: all of them, or none if they were abandoned.
    pub fn end(&mut self, letter: &Letter, end: impl Fn(Delivery) -> Delivery, most: usize) -> Vec<Delivery> {
        let sending = std::mem::take(&mut self.sending).into_iter();
        let (ending, others) = sending.partition::<VecDeque<_>, _>(|record| letter.has(record.number));
        self.sending = others;
        let ended = ending.into_iter().map(|Record { number, delivery }| Record { number, delivery: end(delivery) });
        let ended: Vec<Record> = ended.collect();
        ended.iter().for_each(|record| self.record(record.clone(), most));
        ended.into_iter().map(|record| record.delivery).collect()
    }

    pub fn take_too_many(&mut self) -> Option<TooMany> {
        self.too_many.take()
    }

    /// The records of all notifications, in the order in which they were posted.
    pub fn deliveries(&self) -> Vec<Delivery> {
        let waiting = self.waiting.iter().map(|waiting| &waiting.record);
        let mut records: Vec<&Record> = self.ended.iter().chain(&self.sending).chain(waiting).collect();
        records.sort_by_key(|record| record.number);
        records.into_iter().map(|record| record.delivery.clone()).collect()
    }

    /// Abandoned notifications are kept in any case: a shutdown reports them.
    fn record(&mut self, record: Record, most: usize) {
        self.ended.push_back(record);
        while self.ended.len() > most && !self.abandoned {
            self.ended.pop_front();
        }
    }

    fn give_up(&mut self, Record { number, delivery }: Record, reason: &str, most: usize) {
        self.record(Record { number, delivery: delivery.given_up(Some(reason.to_owned())) }, most);
    }

    fn drop_oldest(&mut self, options: &NotificationOptions) {
        let Some(Waiting { record, notification, .. }) = self.waiting.pop_front() else { return };
        let before = self.too_many.as_ref().map_or(0, |too_many| too_many.count);
        self.too_many = Some(TooMany { count: before + 1, newest: resource(&notification).to_owned() });
        self.give_up(record, &format!("more than {} waited", options.queue), options.records);
    }
}

impl Waiting {
    fn entry(self, options: &NotificationOptions) -> Entry {
        let deadline = later(self.posted, options.age);
        Entry { number: self.record.number, notification: self.notification, deadline }
    }
}
