//! Joining with ports, and getting others: [`PortOptions`], [`Ports`], and the controller's methods for them.

use super::{
    input::InputPort,
    options::{InputOptions, OutputOptions, PortError},
    output::OutputPort,
    wire::{Incoming, Outgoing, Wire},
};
use crate::{
    control::{Changes, ControlError, Controller, JoinOptions},
    data::id::{ParticipantId, ParticipantKey},
    data::{
        connection::Connection,
        direction::Direction,
        ports::{PortMeters, StreamFormat},
    },
    stream::player::PlayerOptionsError,
};

/// Which ports a participant has. For a participant who sends without an input port, the
/// host sends the frames, tick by tick ([`Tick::send`](crate::Tick::send)). The mix of a
/// participant can be read from the mixes with or without an output port.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PortOptions {
    /// For what it sends; `None` for no port.
    pub input: Option<InputOptions>,
    /// For what it hears; `None` for no port.
    pub output: Option<OutputOptions>,
}

impl PortOptions {
    /// Both ports, of one format, with their default options.
    pub const fn both(format: StreamFormat) -> Self {
        Self { input: Some(InputOptions::new(format)), output: Some(OutputOptions::new(format)) }
    }
}

/// The key and the ports of a participant who has joined, or has got other ports. The ports may go to different threads.
#[derive(Debug)]
pub struct Ports {
    /// What the audio side calls the participant.
    pub key: ParticipantKey,
    /// Takes what it sends, if an input port was asked for.
    pub input: Option<InputPort>,
    /// Gives what it hears, if an output port was asked for.
    pub output: Option<OutputPort>,
}

/// Why nobody joined, or nobody's ports were replaced.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum JoinError {
    /// The reasons that there are without ports.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// The options of the input port.
    #[error("input port: {0}")]
    Input(PortError),
    /// The options of the output port.
    #[error("output port: {0}")]
    Output(PortError),
    /// The options of a player.
    #[error("player: {0}")]
    Player(PlayerOptionsError),
    /// An input port for a participant who only hears, or an output port for one who only sends.
    #[error(
        "participant \"{id}\" joins as {direction}, which has no use for an {port} port: ask for none, \
         or join with Direction::Both"
    )]
    Direction {
        /// Who was to have the port.
        id: ParticipantId,
        /// Its direction.
        direction: &'static str,
        /// The port.
        port: &'static str,
    },
}

impl Controller {
    /// Lets in a participant whose frames and mixes do not go through the host's hands: network
    /// threads push packets into one port and pull from the other, at the rate and in the channels
    /// of the participant, while the audio thread does nothing but tick. Allocates everything that
    /// this takes, resamplers included.
    ///
    /// When the participant leaves, its ports lead nowhere: pushed packets are refused
    /// ([`PushError::Gone`](super::PushError::Gone)), pulled packets are silence.
    ///
    /// ```
    /// use mixminus::{Frame, JoinOptions, MixerConfig, stream::{OutputOptions, PortOptions, Stamp, StreamFormat}};
    ///
    /// let (controller, mut processor) = MixerConfig::default().build()?;
    /// let format = StreamFormat::mono(8000);
    /// let telephone = PortOptions { output: Some(OutputOptions::prompt(format)), ..PortOptions::both(format) };
    /// let anna = controller.join_with_ports("anna", JoinOptions::default(), telephone)?;
    /// let (Some(mut input), Some(mut output)) = (anna.input, anna.output) else { unreachable!("asked for both") };
    ///
    /// // A network thread pushes what comes, whenever it comes.
    /// input.push(Frame::mono(&[1000_i16; 160]), Stamp::Rtp(4_000_000_000))?;
    /// // The audio thread.
    /// processor.enter().tick().mix();
    /// // Another network thread sends packets of 20 ms, as soon as they are there.
    /// let mut packet = [0_i16; 160];
    /// while output.pull_whole(&mut packet) { /* encode and send it */ }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`JoinError`]: nobody joined.
    pub fn join_with_ports(
        &self,
        id: impl Into<ParticipantId>,
        options: JoinOptions,
        ports: PortOptions,
    ) -> Result<Ports, JoinError> {
        let id = id.into();
        // Resamplers take a millisecond to make, or several: they are made before the controllers'
        // lock is taken.
        let wired = wire(&id, options.direction, &ports, self.format());
        self.change(|changes| changes.join_wired(id, options, wired)).0
    }

    /// Gives a participant in the call other ports: for another codec, rate or network connection. It stays who it is:
    /// its key, its configuration and those that list it, its levels, ducking, mute and detector go on. The
    /// options say all that it has from now on: a port that they do not name is gone, and
    /// [`PortOptions::default`] leaves it without any. It may have joined without ports.
    ///
    /// The ports that it had lead nowhere from the next tick on, and say [`Gone`](super::PushError::Gone) once the audio
    /// thread has given their memory back (see [`reclaim`](Self::reclaim)). What was heard of it fades out over the
    /// smoothing time, as if frames were missing, and what it sends then fades in. The
    /// [readings](Self::port_readings) of the ports begin anew.
    ///
    /// ```
    /// use mixminus::{JoinOptions, MixerConfig, stream::{PortOptions, StreamFormat}};
    /// let (controller, _processor) = MixerConfig::default().build()?;
    /// let telephone = PortOptions::both(StreamFormat::mono(8000));
    /// let anna = controller.join_with_ports("anna", JoinOptions::default(), telephone)?;
    /// // Her new codec is wideband.
    /// let again = controller.replace_ports("anna", PortOptions::both(StreamFormat::mono(16_000)))?;
    /// assert!(again.key == anna.key && again.input.is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`JoinError`]: it has the ports that it had. [`ControlError::Unknown`] if nobody has this id.
    pub fn replace_ports(&self, id: &str, ports: PortOptions) -> Result<Ports, JoinError> {
        let here = self.participant(id).map_err(JoinError::from);
        let wired = here.and_then(|here| wire(&here.id, here.direction, &ports, self.format()));
        self.change(|changes| changes.replace_wired(id, &ports, wired)).0
    }
}

impl Changes<'_> {
    /// Lets in a participant with ports: see [`Controller::join_with_ports`].
    ///
    /// # Errors
    /// [`JoinError`].
    pub fn join_with_ports(
        &mut self,
        id: impl Into<ParticipantId>,
        options: JoinOptions,
        ports: PortOptions,
    ) -> Result<Ports, JoinError> {
        let id = id.into();
        let wired = wire(&id, options.direction, &ports, self.format());
        self.join_wired(id, options, wired)
    }

    /// Gives a participant other ports: see [`Controller::replace_ports`].
    ///
    /// # Errors
    /// [`JoinError`].
    pub fn replace_ports(&mut self, id: &str, ports: PortOptions) -> Result<Ports, JoinError> {
        let direction = self.direction(id).map_err(JoinError::from);
        let wired = direction.and_then(|direction| wire(&id.into(), direction, &ports, self.format()));
        self.replace_wired(id, &ports, wired)
    }

    fn replace_wired(
        &mut self,
        id: &str,
        ports: &PortOptions,
        wired: Result<Wired, JoinError>,
    ) -> Result<Ports, JoinError> {
        // Another participant may have the id by now.
        let wired = wired.and_then(|wired| check_direction(&id.into(), self.direction(id)?, ports).map(|()| wired));
        let wired = wired.inspect_err(|error| self.note_refused("replace_ports", error))?;
        let Wired { wire, input, output, meters } = wired;
        let connection = (input.is_some() || output.is_some()).then(|| Box::new(wire) as Box<dyn Connection>);
        let key = self.replace_connection(id, connection, meters)?;
        Ok(Ports { key, input, output })
    }

    fn join_wired(
        &mut self,
        id: ParticipantId,
        options: JoinOptions,
        wired: Result<Wired, JoinError>,
    ) -> Result<Ports, JoinError> {
        let Wired { wire, input, output, meters } = wired.inspect_err(|error| self.note_refused("join", error))?;
        let key = self.join_with_connection(id, options, Box::new(wire), meters)?;
        Ok(Ports { key, input, output })
    }
}

/// Ports that are made and not handed out yet.
struct Wired {
    wire: Wire,
    input: Option<InputPort>,
    output: Option<OutputPort>,
    meters: PortMeters,
}

/// Whether a participant of this direction has a use for the ports.
fn check_direction(id: &ParticipantId, direction: Direction, ports: &PortOptions) -> Result<(), JoinError> {
    let useless = |direction, port| JoinError::Direction { id: id.clone(), direction, port };
    if ports.input.is_some() && !direction.sends() {
        return Err(useless("a listener", "input"));
    }
    if ports.output.is_some() && !direction.hears() {
        return Err(useless("a source", "output"));
    }
    Ok(())
}

/// Makes the ports of a participant. Allocates.
fn wire(
    id: &ParticipantId,
    direction: Direction,
    ports: &PortOptions,
    (mixer, tick): (StreamFormat, usize),
) -> Result<Wired, JoinError> {
    check_direction(id, direction, ports)?;
    let input = ports.input.map(|options| Incoming::new(&options, mixer, tick)).transpose();
    let output = ports.output.map(|options| Outgoing::new(&options, mixer, tick)).transpose();
    let (input, incoming, input_meters) = split(input.map_err(JoinError::Input)?);
    let (output, outgoing, output_meters) = split(output.map_err(JoinError::Output)?);
    let meters = PortMeters { input: input_meters, output: output_meters };
    Ok(Wired { wire: Wire::new(incoming, outgoing), input, output, meters })
}

fn split<A, B, C>(made: Option<(A, B, C)>) -> (Option<A>, Option<B>, Option<C>) {
    match made {
        Some((a, b, c)) => (Some(a), Some(b), Some(c)),
        None => (None, None, None),
    }
}
