//! Joining with ports: [`PortOptions`], [`Ports`], and the controller's methods for them.

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
        ports::{PortMeters, StreamFormat},
        role::Role,
    },
};

/// Which ports a participant joins with. For a participant who sends without an input port, the
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

/// The key and the ports of a participant who has joined. The ports may go to different threads.
#[derive(Debug)]
pub struct Ports {
    /// What the audio side calls the participant.
    pub key: ParticipantKey,
    /// Takes what it sends, if an input port was asked for.
    pub input: Option<InputPort>,
    /// Gives what it hears, if an output port was asked for.
    pub output: Option<OutputPort>,
}

/// Why nobody joined.
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
    /// An input port for a participant who only hears, or an output port for one who only sends.
    #[error(
        "participant \"{id}\" joins as {role}, which has no use for an {port} port: ask for none, \
         or join with Role::Both"
    )]
    Role {
        /// Who was to join.
        id: ParticipantId,
        /// Its role.
        role: &'static str,
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
        let wired = wire(&id, options.role, &ports, self.format());
        self.change(|changes| changes.join_wired(id, options, wired)).0
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
        let wired = wire(&id, options.role, &ports, self.format());
        self.join_wired(id, options, wired)
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

/// Makes the ports of a participant. Allocates.
fn wire(
    id: &ParticipantId,
    role: Role,
    ports: &PortOptions,
    (mixer, tick): (StreamFormat, usize),
) -> Result<Wired, JoinError> {
    let useless = |role, port| JoinError::Role { id: id.clone(), role, port };
    if ports.input.is_some() && !role.sends() {
        return Err(useless("a listener", "input"));
    }
    if ports.output.is_some() && !role.hears() {
        return Err(useless("a source", "output"));
    }
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
