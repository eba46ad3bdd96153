//! Which notifications of a call wait, which is being sent, and what became of the others: [`Queue`]. Plain data without locks, waits or HTTP.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use axum::body::Bytes;
use tokio::time::Instant;

use super::{Delivery, NotificationOptions, retry::later};
use crate::config::CommsNotifications;

/// The notifications of one call. Each is in one of the three places.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// How many there were.
    posted: u64,
    waiting: VecDeque<Waiting>,
    /// What the sender has.
    sending: Option<Record>,
    /// In the order in which they ended.
    ended: VecDeque<Record>,
    closed: bool,
    abandoned: bool,
    too_many: Option<TooMany>,
}

/// What is told of a notification, and its place in the order of all.
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

/// A notification as the sender has it.
#[derive(Debug, Clone)]
pub(super) struct Letter {
    number: u64,
    /// The operation's path, for those who read logs.
    #[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "told with the feature only"))]
    pub resource: String,
    pub request_id: String,
    pub body: Bytes,
    /// Until then it has to be delivered.
    pub deadline: Instant,
}

/// What was given up because too many waited, since it was last told.
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
        while self.waiting.len() + usize::from(self.sending.is_some()) > options.queue.saturating_add(1) {
            self.drop_oldest(options);
        }
    }

    pub fn close(&mut self) {
        self.closed = true;
    }

    /// Whether nothing is taken on any more.
    pub fn is_over(&self) -> bool {
        self.closed || self.abandoned
    }

    /// Gives up all that waits or is being sent, and returns it.
    pub fn abandon(&mut self) -> Vec<Delivery> {
        self.abandoned = true;
        let waiting = std::mem::take(&mut self.waiting).into_iter().map(|waiting| waiting.record);
        let records: Vec<Record> = self.sending.take().into_iter().chain(waiting).collect();
        let begin = self.ended.len();
        for record in records {
            self.give_up(record, "the service was shut down", usize::MAX);
        }
        self.ended.range(begin..).map(|record| record.delivery.clone()).collect()
    }

    /// The next to be sent.
    pub fn take(&mut self, options: &NotificationOptions) -> Option<Letter> {
        debug_assert!(self.sending.is_none(), "one after the other");
        let waiting = self.waiting.pop_front()?;
        self.sending = Some(waiting.record.clone());
        Some(waiting.letter(options))
    }

    /// What is told of what is being sent; `None` if this is not, as it was abandoned.
    pub fn sending(&mut self, letter: &Letter) -> Option<&mut Delivery> {
        let record = self.sending.as_mut().filter(|record| record.number == letter.number)?;
        Some(&mut record.delivery)
    }

    /// Ends what is being sent.
    pub fn end(&mut self, letter: &Letter, end: impl FnOnce(Delivery) -> Delivery, most: usize) -> Option<Delivery> {
        let Record { number, delivery } = self.sending.take_if(|record| record.number == letter.number)?;
        let delivery = end(delivery);
        self.record(Record { number, delivery: delivery.clone() }, most);
        Some(delivery)
    }

    pub fn take_too_many(&mut self) -> Option<TooMany> {
        self.too_many.take()
    }

    /// What is told of each, in the order in which they were posted.
    pub fn deliveries(&self) -> Vec<Delivery> {
        let waiting = self.waiting.iter().map(|waiting| &waiting.record);
        let mut records: Vec<&Record> = self.ended.iter().chain(&self.sending).chain(waiting).collect();
        records.sort_by_key(|record| record.number);
        records.into_iter().map(|record| record.delivery.clone()).collect()
    }

    /// What was abandoned is kept in any case: it is what a shutdown reports.
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
        self.too_many = Some(TooMany { count: before + 1, newest: resource(&notification) });
        self.give_up(record, &format!("more than {} waited", options.queue), options.records);
    }
}

impl Waiting {
    fn letter(self, options: &NotificationOptions) -> Letter {
        Letter {
            number: self.record.number,
            resource: resource(&self.notification),
            request_id: self.record.delivery.request_id,
            body: serde_json::to_vec(&self.notification).expect("has no maps, and writes to memory").into(),
            deadline: later(self.posted, options.age),
        }
    }
}

fn resource(notification: &CommsNotifications) -> String {
    notification.value.first().map(|entry| entry.resource.clone()).unwrap_or_default()
}
