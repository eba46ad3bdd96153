//! What stands for `notify` without the feature `http-notify`: [`Outbox`], a type without values, so
//! that what would be told to a callback is compiled away.

use crate::config::CommsNotifications;

/// The notifications of one call. There is none.
#[derive(Debug, Clone, Copy)]
pub(super) enum Outbox {}

impl Outbox {
    pub fn post(self, _operation: &str, _notification: CommsNotifications) {
        match self {}
    }

    pub fn close(self) {
        match self {}
    }
}
