//! How people come into the call while it runs, and leave it: [`Entrance`]. The mixer, what is collected for them, and
//! who listens in change together.

use std::{
    collections::HashSet,
    sync::{Arc, mpsc},
    time::Duration,
};

use mixminus::{
    Changes, Controller, JoinOptions, ParticipantKey, RoleName, Routing,
    cluster::Conference,
    stream::{Decoder, InputOptions, InputPort, JoinError, OutputPort, PacketPort, PortOptions, Ports},
};

use super::{Ears, Ticker, collector::Ear, collector::Order, hears, recorder};
use crate::{
    error::Error,
    routes::{NoRole, Routes},
};

/// How long another server has to let somebody go who comes here: longer than a message takes around the world.
const LET_GO_WITHIN: Duration = Duration::from_secs(1);

/// Who is in the call from its start to its end.
#[derive(Debug, Default)]
pub struct Cast {
    /// Those whose recordings are sent: nobody takes their place.
    pub recordings: HashSet<String>,
    /// Those who only hear, until somebody takes their place: who then leaves leaves them hearing.
    pub listeners: HashSet<String>,
    /// How everybody joins, also those who come later.
    pub routes: Routes,
}

impl Cast {
    /// How a participant joins.
    pub(super) fn joins(&self, id: &str) -> JoinOptions {
        JoinOptions { routing: self.routes.of_id(id), ..JoinOptions::default() }
    }
}

/// A person's place in the mixer.
#[derive(Debug)]
pub struct Seat {
    /// What the mixer's threads call the person.
    pub key: ParticipantKey,
    /// Takes what it sends.
    pub packets: PacketPort,
}

/// The way into the call and out of it, for one thread at a time.
#[derive(Debug)]
pub struct Entrance {
    pub(super) controller: Controller,
    pub(super) ticker: Arc<Ticker>,
    pub(super) ears: Arc<Ears>,
    pub(super) cast: Cast,
    pub(super) orders: mpsc::Sender<Order>,
    /// The call as a conference on several servers, if it is one.
    pub(super) conference: Option<Conference>,
    /// For who records the call, if somebody does.
    pub(super) recorder: Option<mpsc::Sender<recorder::Order>>,
}

impl Entrance {
    /// Whose recording is sent under this id can have nobody else in its place.
    pub fn is_recording(&self, id: &str) -> bool {
        self.cast.recordings.contains(id)
    }

    /// The call as a conference on several servers, if it is one.
    pub fn conference(&self) -> Option<&Conference> {
        self.conference.as_ref()
    }

    /// Whether somebody is in the call at this server.
    pub fn is_here(&self, id: &str) -> bool {
        self.controller.participant(id).is_ok_and(|one| !one.elsewhere)
    }

    /// Has another server let somebody go who is about to come here. Waits for its answer, at most a second.
    pub fn claim(&self, id: &str) {
        let elsewhere = self.conference.as_ref().filter(|_| !self.is_here(id));
        if let Some((conference, change)) = elsewhere.and_then(|here| Some((here, here.claim(id)?))) {
            conference.wait_until_checked(change, LET_GO_WITHIN);
        }
    }

    /// A role that somebody may come with.
    pub fn role(&self, name: &str) -> Result<RoleName, NoRole> {
        self.cast.routes.role(name)
    }

    /// Gives a person its place, with a decoder for what it sends. Who is here already keeps key and configuration, and
    /// its routing if it comes without a role; its earlier port leads nowhere, and it stays if there is an error. Who was at
    /// another server keeps configuration and routing.
    /// `rtp_clock_hz` is the clock of the timestamps, if it is not the decoder's rate. Takes about a millisecond.
    pub fn enter(
        &self,
        id: &str,
        role: Option<RoleName>,
        decoder: impl Decoder + 'static,
        rtp_clock_hz: Option<u32>,
    ) -> Result<Seat, Error> {
        let cannot = |cause| Error::Join { id: id.to_owned(), cause };
        let input = InputOptions { rtp_clock_hz, ..InputOptions::new(decoder.format()) };
        let options = PortOptions { input: Some(input), output: Some(hears()) };
        let is_here = self.is_here(id);
        let routing = role.map(Routing::Role);
        let ports = if is_here {
            // Before what it sends can be heard.
            routing.into_iter().for_each(|routing| self.route(id, routing));
            self.controller.replace_ports(id, options).map_err(cannot)?
        } else {
            self.come(id, routing, options)?
        };
        let Ports { key, input, output, .. } = ports;
        let (Some(input), Some(output)) = (input, output) else { unreachable!("asked for both") };
        self.collect(id, output, is_here);
        let decoded = self.decode(input, decoder);
        if decoded.is_err() && !is_here {
            // Nobody has the place if nothing can come of it.
            self.leave(id);
        }
        Ok(Seat { key, packets: decoded? })
    }

    /// Lets a person in, who may have been at another server.
    fn come(&self, id: &str, routing: Option<Routing>, options: PortOptions) -> Result<Ports, Error> {
        let joins = self.cast.joins(id);
        let Some(conference) = &self.conference else {
            return self.join(id, JoinOptions { routing: routing.unwrap_or(joins.routing), ..joins }, options);
        };
        // Of one who went over to another server, or was removed, at this very moment.
        self.gone(id);
        let before = conference.participant(id).ok();
        let was_muted = before.as_ref().is_some_and(|before| before.muted);
        let routing = routing.or(before.map(|before| before.routing)).unwrap_or(joins.routing);
        let ports = self.join(id, JoinOptions { routing, ..joins }, options)?;
        if was_muted {
            // Who comes says anew whether it is muted.
            self.mute(id, false);
        }
        Ok(ports)
    }

    /// Lets a person in, and has it recorded from its first tick on, if the call is.
    fn join(&self, id: &str, joins: JoinOptions, ports: PortOptions) -> Result<Ports, Error> {
        let join = |changes: &mut Changes<'_>| {
            let joined = changes.join_with_ports(id, joins, ports);
            let ports = joined.map_err(|cause| Error::Join { id: id.to_owned(), cause })?;
            let taps =
                self.recorder.as_ref().map(|_| recorder::taps(id, |tapped, options| changes.tap(tapped, options)));
            Ok::<_, Error>((ports, taps.transpose()?))
        };
        let joined = match &self.conference {
            Some(conference) => conference.admit(id, join),
            None => self.controller.change(join).0,
        };
        let (ports, taps) = joined?;
        if let Some(taps) = taps {
            self.record(recorder::Order::Come { id: id.to_owned(), taps: Box::new(taps) });
        }
        Ok(ports)
    }

    fn decode(&self, input: InputPort, decoder: impl Decoder + 'static) -> Result<PacketPort, Error> {
        let (packets, decoding) = input.decode_with(decoder).map_err(|cause| Error::Decoder(cause.to_string()))?;
        self.ticker.decode(decoding)?;
        Ok(packets)
    }

    /// Ends a person's stay: a listener of the cast goes on hearing.
    pub fn leave(&self, id: &str) {
        if self.cast.listeners.contains(id) && self.is_here(id) {
            let options = PortOptions { input: None, output: Some(hears()) };
            let ports = self.controller.replace_ports(id, options);
            self.told(id, ports.map(|ports| self.collect_more(id, ports.output)));
            self.route(id, self.cast.routes.of_id(id));
            self.mute(id, false);
        } else {
            self.expel(id);
        }
    }

    /// Takes somebody out of the call, whoever it is: a listener of the cast, or a recording, too.
    pub fn expel(&self, id: &str) {
        if self.is_here(id) {
            self.told(id, self.controller.leave(id).map_err(JoinError::from));
        }
        self.gone(id);
    }

    /// Somebody is not in the call at this server any more.
    pub fn gone(&self, id: &str) {
        self.ears.remove(id);
        self.order(Order::Remove { id: id.to_owned() });
        self.record(recorder::Order::Go { id: id.to_owned() });
    }

    /// Mutes a person for everybody, or ends that.
    pub fn mute(&self, id: &str, is_muted: bool) {
        if !self.is_here(id) {
            return;
        }
        self.told(id, self.controller.set_muted(id, is_muted).map_err(JoinError::from));
    }

    fn route(&self, id: &str, routing: Routing) {
        self.told(id, self.controller.set_routing(id, routing).map_err(JoinError::from));
    }

    fn collect(&self, id: &str, port: OutputPort, is_here: bool) {
        if is_here {
            return self.collect_more(id, Some(port));
        }
        self.order(Order::Add(Ear::new(id, port, self.ears.add(id))));
    }

    fn collect_more(&self, id: &str, port: Option<OutputPort>) {
        if let Some(port) = port {
            self.order(Order::Port { id: id.to_owned(), port });
        }
    }

    fn order(&self, order: Order) {
        // The collector is gone only once the call has ended.
        let _ = self.orders.send(order);
    }

    fn record(&self, order: recorder::Order) {
        // The recorder, too, is gone only once the call has ended.
        let _ = self.recorder.as_ref().map(|recorder| recorder.send(order));
    }

    fn told<T>(&self, id: &str, done: Result<T, JoinError>) {
        if let Err(error) = done {
            tracing::debug!(id, %error, "somebody who was to leave, to be routed or to be muted was not here");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use mixminus::stream::{DecodeError, Opus, StreamFormat};

    use super::*;
    use crate::room::Room;

    /// A decoder that gives another format than it has said.
    #[derive(Debug, Default)]
    struct Fickle(AtomicBool);

    impl Decoder for Fickle {
        fn format(&self) -> StreamFormat {
            StreamFormat::mono(if self.0.swap(true, Ordering::Relaxed) { 8000 } else { 16_000 })
        }

        fn frames(&self, _payload: &[u8]) -> Option<usize> {
            None
        }

        fn decode(&mut self, _payload: &[u8], _out: &mut [f32]) -> Result<usize, DecodeError> {
            Err(DecodeError::Empty)
        }

        fn conceal(&mut self, _out: &mut [f32]) -> bool {
            false
        }

        fn recover(&mut self, _next: &[u8], _out: &mut [f32]) -> bool {
            false
        }

        fn reset(&mut self) {}
    }

    #[test]
    fn an_error_lets_nobody_in_and_sends_nobody_away() {
        let (room, _relay) = Room::start(Vec::new(), Routes::default(), 1, None, None, None).unwrap();
        let is_here = || room.controller.is_here("anna");
        assert!(room.entrance.enter("anna", None, Fickle::default(), None).is_err() && !is_here());
        room.entrance.enter("anna", None, Opus::mono().unwrap(), None).unwrap();
        assert!(room.entrance.enter("anna", None, Fickle::default(), None).is_err() && is_here());
        room.stop().unwrap();
    }
}
