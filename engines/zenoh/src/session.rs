//! What an engine has declared to zenoh: [`Declared`].

use std::{panic, sync::Arc, thread, time::Duration};

use crossbeam_channel::bounded;
use mixminus::cluster::Delivery;
use zenoh::{
    Config, Session, Wait,
    liveliness::LivelinessToken,
    pubsub::Subscriber,
    sample::{Locality, Sample, SampleKind},
};

use crate::{ZenohError, alive::Alive, inbox::Inbox, me::Me, readings::count};

/// What was declared in a session.
#[derive(Debug)]
pub(crate) struct Declared {
    _subscribers: [Subscriber<()>; 3],
    _token: LivelinessToken,
}

/// Opens a session.
pub(crate) fn open(config: Config) -> Result<Session, ZenohError> {
    zenoh::open(config).wait().map_err(ZenohError::Open)
}

impl Declared {
    /// Declares what this node listens to, and last that it lives.
    pub(crate) fn new(session: &Session, me: &Me, inbox: Inbox, alive: Arc<Alive>) -> Result<Self, ZenohError> {
        let sent = inbox.clone();
        let published = listen(session, me.keys.tick("*"), move |sample| inbox.leave(sample, Delivery::Published))?;
        let sent = listen(session, me.keys.to(&me.name, "*"), move |sample| sent.leave(sample, Delivery::Sent))?;
        let lives = watch(session, me, alive)?;
        let key = me.keys.token(&me.name, me.incarnation);
        let token = session.liveliness().declare_token(key.clone()).wait();
        let token = token.map_err(|reason| ZenohError::Declare { key, reason })?;
        Ok(Self { _subscribers: [published, sent, lives], _token: token })
    }
}

fn listen(
    session: &Session,
    key: String,
    take: impl Fn(Sample) + Send + Sync + 'static,
) -> Result<Subscriber<()>, ZenohError> {
    let subscriber = session.declare_subscriber(key.clone()).allowed_origin(Locality::Remote).callback(take).wait();
    subscriber.map_err(|reason| ZenohError::Declare { key, reason })
}

fn watch(session: &Session, me: &Me, alive: Arc<Alive>) -> Result<Subscriber<()>, ZenohError> {
    let (key, keys, counters) = (me.keys.tokens(), me.keys.clone(), me.counters.clone());
    let told = move |sample: Sample| {
        let token = keys.token_of(sample.key_expr().as_str());
        if !token.is_some_and(|token| alive.tell(token, sample.kind() == SampleKind::Put)) {
            count(&counters.strangers);
        }
    };
    let subscriber = session.liveliness().declare_subscriber(key.clone()).history(true).callback(told).wait();
    subscriber.map_err(|reason| ZenohError::Declare { key, reason })
}

/// Zenoh panics where it is to wait on a thread of a runtime that has one thread: it waits on a thread of its own.
pub(crate) fn aside<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| scope.spawn(work).join()).unwrap_or_else(|panic| panic::resume_unwind(panic))
}

/// Does something on a thread of its own, and waits so long for it.
pub(crate) fn within(time: Duration, work: impl FnOnce() + Send + 'static) {
    let (done, end) = bounded::<()>(0);
    let thread = move || {
        work();
        drop(done);
    };
    if thread::Builder::new().name("mixminus-close".to_owned()).spawn(thread).is_ok() {
        let _ended_or_late = end.recv_timeout(time);
    }
}
