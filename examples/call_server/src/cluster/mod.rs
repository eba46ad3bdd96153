//! One call on several servers: [`Cluster`]. Each server mixes for those who are connected to it, and gets the voices of the others.

mod arguments;
mod engine;

use std::{sync::Arc, thread, time::Duration};

use mixminus::{
    Controller,
    cluster::{ClusterEvent, Conference, NodeDriver},
};

pub use self::arguments::ClusterArguments;
use self::engine::Link;
use crate::{
    cli::Options,
    error::Error,
    live::People,
    room::{Stop, Worker},
};

/// How often it is looked whether somebody has gone over to another server, or was removed.
const LOOK: Duration = Duration::from_millis(10);
/// How long the other servers have to be told that everybody leaves: some steps of what drives the node.
const GOODBYE: Duration = Duration::from_millis(50);

/// A server among others, as long as it runs.
#[derive(Debug)]
pub struct Cluster {
    controller: Controller,
    /// Talks to the other servers until it is dropped.
    link: Link,
    watch: Worker<()>,
}

impl Cluster {
    /// Connects to the other servers, by the options.
    pub fn start(
        options: &Options,
        (conference, driver): (Conference, NodeDriver),
        controller: Controller,
        people: &Arc<People>,
    ) -> Result<Self, Error> {
        let link = engine::open(options, &conference, driver)?;
        let people = Arc::clone(people);
        let watch = Worker::start("cluster", move |stop| watch(&conference, &people, stop))?;
        Ok(Self { controller, link, watch })
    }

    /// Lets everybody leave the call who is at this server, so that the others do not wait for them, and disconnects.
    pub fn stop(self) -> Result<(), Error> {
        let Self { controller, link, watch } = self;
        let here = controller.participants().into_iter().filter(|one| !one.elsewhere);
        let ids: Vec<_> = here.map(|one| one.id).collect();
        controller.change(|changes| {
            for id in &ids {
                // It may have gone by itself.
                let _gone = changes.leave(id.as_str());
            }
        });
        thread::sleep(GOODBYE);
        drop(link);
        watch.stop()
    }
}

/// Ends the connections of those who are not at this server any more, until it is told to stop.
fn watch(conference: &Conference, people: &People, stop: &Stop) {
    while !stop.is_asked_for() {
        for event in conference.take_events() {
            match event {
                ClusterEvent::Moved { id, to } => {
                    tracing::info!(%id, %to, "somebody is at another server now");
                    people.end(id.as_str());
                }
                ClusterEvent::Removed { id } => people.end(id.as_str()),
                ClusterEvent::NodeJoined { node } => tracing::info!(%node, "another server is there"),
                ClusterEvent::NodeLost { node } => tracing::warn!(%node, "another server is lost"),
                _ => {}
            }
        }
        thread::sleep(LOOK);
    }
}
