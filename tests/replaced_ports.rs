//! A participant in the call gets other ports: it stays who it is, nothing clicks, and the old ports lead nowhere.
#![cfg(feature = "stream")]

use mixminus::{
    Channels, ControlError, Controller, Direction, Frame, JoinOptions, MixerConfig, ParticipantKey, Processor,
    config::{Ducking, ParticipantMixerLevel, SourceLevel},
    stream::{Clock, InputOptions, InputPort, JoinError, OutputOptions, PortOptions, PushError, Stamp, StreamFormat},
};

const TICK: usize = 480;
const FORMAT: StreamFormat = StreamFormat::mono(48_000);

struct Call {
    controller: Controller,
    processor: Processor,
    ear: ParticipantKey,
    pushed: u32,
}

impl Call {
    fn new() -> Self {
        let (controller, processor) = MixerConfig { limiter: None, ..MixerConfig::default() }.build().unwrap();
        let ear =
            controller.join("ear", JoinOptions { direction: Direction::Listener, ..JoinOptions::default() }).unwrap();
        Self { controller, processor, ear, pushed: 0 }
    }

    /// So many ticks, with a packet of this level before each. What `ear` hears.
    fn hear(&mut self, mut port: Option<&mut InputPort>, level: f32, ticks: usize) -> Vec<f32> {
        let mut heard = Vec::new();
        let mut audio = self.processor.enter();
        for _ in 0..ticks {
            if let Some(port) = &mut port {
                port.push(Frame::mono(&[level; TICK]), Stamp::Rtp(self.pushed)).unwrap();
                self.pushed += TICK as u32;
            }
            heard.extend_from_slice(audio.tick().mix().get(self.ear).unwrap().samples());
        }
        heard
    }
}

/// A stream by the mixer's clock: at its rate it arrives bit for bit.
fn input(format: StreamFormat) -> PortOptions {
    PortOptions { input: Some(InputOptions { clock: Clock::Locked, ..InputOptions::new(format) }), output: None }
}

fn both() -> PortOptions {
    PortOptions { output: Some(OutputOptions::new(FORMAT)), ..input(FORMAT) }
}

fn greatest_step(heard: &[f32]) -> f32 {
    heard.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max)
}

#[test]
fn what_is_heard_fades_out_and_the_new_port_fades_in() {
    let mut call = Call::new();
    let voice = call.controller.join_with_ports("voice", JoinOptions::default(), input(FORMAT)).unwrap();
    let mut old = voice.input.unwrap();
    let before = call.hear(Some(&mut old), 0.5, 40);
    assert_eq!(before.last(), Some(&0.5));
    let again = call.controller.replace_ports("voice", input(FORMAT)).unwrap();
    assert_eq!(again.key, voice.key);
    let mut new = again.input.unwrap();
    let mut heard = before[before.len() - 1..].to_vec();
    heard.extend(call.hear(Some(&mut new), -0.5, 60));
    assert_eq!(heard.last(), Some(&-0.5));
    // The first packet of the new port waits for 15 ms.
    let (out, fading_in) = heard.split_at(TICK + TICK / 2);
    assert!(greatest_step(out) <= 0.5 / TICK as f32 + 1e-6, "{}", greatest_step(out));
    // A port fades its first samples in, too: the product of two fades.
    assert!(greatest_step(fading_in) <= 1.0 / TICK as f32 + 1e-6, "{}", greatest_step(fading_in));
    call.controller.reclaim();
    assert_eq!(old.push(Frame::mono(&[0.5_f32; TICK]), Stamp::None), Err(PushError::Gone));
    assert_eq!(call.controller.reclaim(), 0, "nothing is still out");
}

/// The frames by hand that follow a port go on from nothing that was heard.
#[test]
fn from_ports_to_frames_by_hand_and_back() {
    let mut call = Call::new();
    let voice = call.controller.join_with_ports("voice", JoinOptions::default(), input(FORMAT)).unwrap();
    let mut heard = call.hear(Some(&mut voice.input.unwrap()), 0.5, 40);
    let none = call.controller.replace_ports("voice", PortOptions::default()).unwrap();
    assert!(none.input.is_none() && none.output.is_none());
    for _ in 0..5 {
        let mut audio = call.processor.enter();
        let mut tick = audio.tick();
        tick.send(voice.key, Frame::from(&[-0.25; TICK][..])).unwrap();
        heard.extend_from_slice(tick.mix().get(call.ear).unwrap().samples());
    }
    assert_eq!(heard.last(), Some(&-0.25));
    let source = call.controller.readings("voice").unwrap().source;
    let again = call.controller.replace_ports("voice", input(StreamFormat::mono(16_000))).unwrap();
    heard.extend(call.hear(None, 0.0, 2));
    assert!(greatest_step(&heard[TICK * 30..]) <= 0.5 / TICK as f32 + 1e-6);
    assert_eq!(heard.last(), Some(&0.0));
    assert_eq!(call.controller.readings("voice").unwrap().source.missing, source.missing + 2);
    assert_eq!(again.key, voice.key);
}

#[test]
fn levels_ducking_and_mute_go_on() {
    let mut call = Call::new();
    let options = JoinOptions::default();
    let join = |id| call.controller.join_with_ports(id, options.clone(), both()).unwrap();
    let (anna, ben) = (join("anna"), join("ben"));
    let ducking = Ducking { ramp_active: 0, ramp_inactive: 0, lower_level: 50, upper_level: 100 };
    let half = SourceLevel { level: 50, duck_others: true, ..SourceLevel::new("ben") };
    let row = ParticipantMixerLevel {
        ducking: Some(ducking),
        source_levels: vec![half],
        ..ParticipantMixerLevel::new("anna")
    };
    call.controller.configure(&[row]).unwrap();
    call.controller.set_muted("anna", true).unwrap();
    let before = (call.controller.configuration("anna").unwrap(), call.controller.participant("anna").unwrap());
    let mut voice = ben.input.unwrap();
    let level = |call: &mut Call, voice: &mut InputPort| {
        call.hear(Some(voice), 0.5, 60);
        call.controller.readings("anna").unwrap().listener.peak
    };
    assert_eq!(level(&mut call, &mut voice), 0.25);
    let wide = PortOptions { output: Some(OutputOptions::new(StreamFormat::stereo(44_100))), ..input(FORMAT) };
    let (again, _) = call.controller.change(|changes| changes.replace_ports("anna", wide));
    let again = again.unwrap();
    assert_eq!((again.key, again.output.is_some()), (anna.key, true));
    let after = (call.controller.configuration("anna").unwrap(), call.controller.participant("anna").unwrap());
    assert_eq!(before, after);
    assert_eq!(level(&mut call, &mut voice), 0.25, "heard as before");
    // The one who is listed, and ducks, gets another port, too.
    let mut voice = call.controller.replace_ports("ben", both()).unwrap().input.unwrap();
    call.pushed = 7;
    assert_eq!(level(&mut call, &mut voice), 0.25);
    let (mut heard, mut output) = (vec![0_f32; 2 * 441], again.output.unwrap());
    assert!(output.pull(&mut heard) > 0 && heard.iter().any(|sample| *sample > 0.1));
}

#[test]
fn who_is_not_there_or_has_no_use_for_a_port_gets_none() {
    let call = Call::new();
    let unknown = call.controller.replace_ports("nobody", input(FORMAT)).unwrap_err();
    assert_eq!(unknown, JoinError::Control(ControlError::Unknown { id: "nobody".into() }));
    let useless = call.controller.replace_ports("ear", input(FORMAT)).unwrap_err();
    assert!(matches!(useless, JoinError::Direction { port: "input", .. }), "{useless}");
    let bad =
        InputOptions { format: StreamFormat { rate_hz: 1, channels: Channels::Mono }, ..InputOptions::new(FORMAT) };
    let bad = PortOptions { input: Some(bad), output: None };
    call.controller.join("both", JoinOptions::default()).unwrap();
    let generation = call.controller.published();
    assert!(matches!(call.controller.replace_ports("both", bad), Err(JoinError::Input(_))));
    assert_eq!(call.controller.published(), generation, "nothing was changed");
}

#[test]
fn ports_that_are_replaced_before_a_tick_come_back_too() {
    let mut call = Call::new();
    let mut old = vec![call.controller.join_with_ports("voice", JoinOptions::default(), input(FORMAT)).unwrap()];
    for _ in 0..5 {
        old.push(call.controller.replace_ports("voice", both()).unwrap());
    }
    call.hear(old.pop().unwrap().input.as_mut(), 0.5, 40);
    call.controller.reclaim();
    for ports in old {
        assert_eq!(ports.input.unwrap().push(Frame::mono(&[0.5_f32; TICK]), Stamp::None), Err(PushError::Gone));
    }
    call.controller.replace_ports("voice", PortOptions::default()).unwrap();
    call.controller.leave("voice").unwrap();
    call.hear(None, 0.0, 3);
    assert_eq!(call.controller.reclaim(), 0);
}
