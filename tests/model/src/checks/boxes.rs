//! [`Mailbox`]: what is shipped comes back, with what was done to it, and is freed by who made it.

use loom::{sync::Arc, thread};

use super::{Owned, explore};
use crate::link::mailbox::Mailbox;

/// The audio side takes a value, works with it, and puts it back. The control side takes it back once nobody else has
/// the mailbox.
pub fn a_mailbox_gives_back_what_was_done() {
    explore(3, || {
        let mailbox = Arc::new(Mailbox::new(Owned::default()));
        let audio = thread::spawn({
            let mailbox = Arc::clone(&mailbox);
            move || {
                let value = mailbox.take().expect("it was shipped");
                value.set(7);
                mailbox.put(value);
                drop(mailbox);
            }
        });
        let returned = Arc::strong_count(&mailbox) == 1;
        if returned {
            // As `Returning` does.
            let value = mailbox.take().expect("it is back");
            assert_eq!(value.get(), 7);
        }
        audio.join().unwrap();
        assert!(returned || mailbox.take().is_some_and(|value| value.get() == 7));
    });
}
