//! How notifications are delivered: [`NotificationOptions`].

use std::time::Duration;

/// How notifications are delivered.
///
/// The notifications of a call go out in order: those that wait while the callback is at work go in
/// one request, up to 100 entries. A request of several that is refused is sent again entry by
/// entry, each with an id of its own. A failure that may pass (408, 429, 5xx, no connection, no
/// answer in time) is tried again; any other answer but 2xx refuses the notification for good. Of
/// redirects 307 and 308 are followed, as long as scheme, host and port stay the same. Each request
/// has a `client-request-id` header, the same in every attempt, by which a callback knows one that
/// comes twice.
///
/// The names of callbacks' hosts are looked up at the name servers of `/etc/resolv.conf`, after
/// `/etc/hosts` (on Windows, as its registry says). No thread waits for an answer, so that a name
/// that is never answered delays no other call. Answers are kept for as long as they say, at most
/// for a minute; the files are read again as often. The plug-ins of `nsswitch.conf`, such as mDNS
/// and LDAP, are not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationOptions {
    /// How long one attempt may take.
    pub attempt_time: Duration,
    /// The most that is waited before the second attempt; it doubles from attempt to attempt. The
    /// wait itself is random, from nothing to that, so that calls do not all come back at once. A
    /// `Retry-After` lengthens it.
    pub first_wait: Duration,
    /// The most that it grows to.
    pub longest_wait: Duration,
    /// How old a notification may be; it is given up when it is older, or would be at its next
    /// attempt.
    pub age: Duration,
    /// How many may wait for one call, behind those that are being sent; of more the oldest that
    /// waits is given up.
    pub queue: usize,
    /// How many records of what was delivered and given up are kept for each call, the newest.
    pub records: usize,
}

impl Default for NotificationOptions {
    /// Attempts of 10 s, waits of up to 1 s growing to 30 s, for 5 minutes, 1,000 waiting and 1,000
    /// records.
    fn default() -> Self {
        Self {
            attempt_time: Duration::from_secs(10),
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(30),
            age: Duration::from_secs(300),
            queue: 1000,
            records: 1000,
        }
    }
}
