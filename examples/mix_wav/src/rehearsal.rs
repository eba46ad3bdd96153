//! Asks a mixer that nobody hears what only the mixer knows: which stream formats it accepts, and
//! the delay of their conversion.

use mixminus::{
    Direction, Frame, JoinOptions, MixerConfig, ParticipantKey, Processor,
    stream::{InputOptions, PortOptions, StreamFormat},
};

use crate::{
    call::refused,
    ear::{self, frames_at},
    error::Error,
    settings::Settings,
};

/// How long to wait before the click and after it: longer than the delay of any filter.
const QUIET_MS: f64 = 250.0;

/// The delay of an input port's conversion; an error if this mixer does not accept such a port.
pub fn conversion_ms(settings: &Settings, options: InputOptions) -> Result<f64, Error> {
    let (controller, _processor) = settings.mixer(1).build().map_err(|cause| refused("these settings", &cause))?;
    let ports = PortOptions { input: Some(options), output: None };
    let joined = controller.join_with_ports("anyone", settings.join(true), ports);
    let joined = joined.map_err(|cause| Error::Stream(cause.to_string()))?;
    Ok(joined.input.map_or(0.0, |port| port.readings().conversion_ms))
}

/// The delay in frames of an output port's conversion; an error if this mixer does not accept such
/// a port.
pub fn lag(settings: &Settings, format: StreamFormat) -> Result<usize, Error> {
    let mixer = MixerConfig { limiter: None, smoothing_ms: 0.0, ..settings.mixer(2) };
    let (controller, mut processor) = mixer.build().map_err(|cause| refused("these settings", &cause))?;
    let join = |direction| JoinOptions { direction, ..JoinOptions::default() };
    let source = controller.join("source", join(Direction::Source)).map_err(|cause| refused("a source", &cause))?;
    let ports = PortOptions { input: None, output: Some(ear::port(format)) };
    let joined = controller.join_with_ports("listener", join(Direction::Listener), ports);
    let output = joined.map_err(|cause| Error::Stream(cause.to_string()))?.output;

    let click = settings.tick_at(QUIET_MS);
    let sent = frames_at(format.rate_hz, click * settings.tick_samples, settings.rate);
    let Some(mut port) = output else { return Ok(0) };
    let channels = format.channels.count();
    let heard = listen(&mut processor, settings, source, click, |heard: &mut Vec<f32>| {
        let before = heard.len();
        heard.resize(before + port.available() * channels, 0.0);
        port.pull(&mut heard[before..]);
    })?;
    let loudest = heard.iter().enumerate().max_by(|(_, a), (_, b)| a.abs().total_cmp(&b.abs()));
    Ok(loudest.map_or(0, |(at, _)| (at / channels).saturating_sub(sent)))
}

/// Everything that the port gives, tick after tick, if the first sample of one tick is a click.
fn listen(
    processor: &mut Processor,
    settings: &Settings,
    source: ParticipantKey,
    click: usize,
    mut pull: impl FnMut(&mut Vec<f32>),
) -> Result<Vec<f32>, Error> {
    let mut audio = processor.enter();
    let mut samples = vec![0.0f32; settings.tick_samples];
    let mut heard = Vec::new();
    for number in 0..=click + settings.tick_at(QUIET_MS) {
        samples[0] = if number == click { 1.0 } else { 0.0 };
        let mut tick = audio.tick();
        tick.send(source, Frame::mono(&samples)).map_err(|cause| refused("a click", &cause))?;
        tick.mix();
        pull(&mut heard);
    }
    Ok(heard)
}
