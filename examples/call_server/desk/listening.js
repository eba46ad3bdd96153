// Listening in: what one listener hears, out of the loudspeakers of whoever sits at the desk.

import { byId, setData, setMeter, setSlider, setText } from "./dom.js";
import { Socket } from "./socket.js";

const RATE = 48_000;

export class Listening {
  #panel = byId("listening");
  #button = byId("listen");
  #volume = byId("volume");
  #listener = null;
  #context = null;
  #node = null;
  #gain = null;
  #socket = null;

  /** `chosen()` is the listener on the desk. */
  constructor(chosen) {
    this.#button.addEventListener("click", () => (this.#listener === null ? this.#start(chosen()) : this.stop()));
    this.#volume.addEventListener("input", () => this.#setVolume());
    this.#setVolume();
  }

  /** Another listener is on the desk: whoever listens hears that one. */
  follow(listener) {
    if (this.#listener === null || this.#listener === listener) return;
    this.stop();
    if (listener !== null) this.#start(listener);
  }

  stop() {
    this.#listener = null;
    this.#socket?.close();
    this.#silence();
    this.#show("off", "Off.");
  }

  async #start(listener) {
    if (listener === null) return;
    this.#listener = listener;
    this.#show("starting", "Starting…");
    try {
      await this.#play(RATE);
    } catch (error) {
      if (this.#listener === listener) this.#give(`This browser cannot play it: ${error.message}`);
      return;
    }
    if (this.#listener !== listener) return;
    this.#socket = new Socket(`/desk/listen/${encodeURIComponent(listener)}`, {
      text: (text) => this.#format(text),
      binary: (data) => this.#node?.port.postMessage(data, [data]),
      state: (state) => this.#line(state),
    });
    this.#socket.open();
  }

  /** A context at this rate, with the ring in front of the volume. */
  async #play(rate) {
    this.#silence();
    const context = new AudioContext({ sampleRate: rate, latencyHint: "interactive" });
    this.#context = context;
    await context.audioWorklet.addModule("/listen.js");
    if (this.#context !== context) return;
    this.#node = new AudioWorkletNode(context, "listen", { numberOfInputs: 0, outputChannelCount: [2] });
    this.#node.port.onmessage = ({ data }) => this.#context === context && this.#figures(data);
    this.#gain = context.createGain();
    this.#setVolume();
    this.#node.connect(this.#gain).connect(context.destination);
    await context.resume();
  }

  #silence() {
    this.#context?.close();
    this.#context = null;
    this.#node = null;
    this.#gain = null;
  }

  async #format(text) {
    const { sampleRate, channels } = JSON.parse(text);
    if (channels !== 1) return this.#give(`The server sends ${channels} channels; this desk plays one.`);
    if (sampleRate === this.#context?.sampleRate) return;
    await this.#play(sampleRate).catch((error) => this.#give(`No player at ${sampleRate} Hz: ${error.message}`));
  }

  #line(state) {
    if (state.is === "open") this.#show("on", "You hear what this listener hears.");
    if (state.is === "waiting") this.#show("waiting", `The sound is gone; trying again in ${(state.ms / 1000).toFixed(1)} s.`);
    if (state.is === "refused") this.#give(`Refused: ${state.message}`);
  }

  #give(reason) {
    this.stop();
    this.#show("failed", reason);
  }

  #show(state, words) {
    setData(this.#panel, "state", state);
    setText(byId("listen-text"), words);
    const isOn = this.#listener !== null;
    setData(this.#button, "on", isOn);
    setText(this.#button, isOn ? "Stop listening" : "Listen in");
    if (!isOn) this.#figures(null);
  }

  /** What was played in the last tenth of a second. */
  #figures(data) {
    const level = data && data.rms > 0 ? 20 * Math.log10(data.rms) : null;
    setMeter(byId("heard-meter"), byId("heard-level"), level);
    if (!data) setText(byId("heard-level"), "–");
    const delay = Math.round(data?.delayMs ?? 0);
    const dropped = data ? Math.round((data.dropped / this.#context.sampleRate) * 1000) : 0;
    const rms = data ? data.rms.toFixed(6) : "";
    const told = { rms, playing: data?.isPlaying ?? false, underruns: data?.underruns ?? 0, delay, dropped };
    for (const [name, value] of Object.entries(told)) setData(this.#panel, name, value);
    const words = data ? `${delay} ms waiting, ${told.underruns} gaps, ${dropped} ms dropped.` : "";
    setText(byId("listen-figures"), words);
  }

  #setVolume() {
    const percent = this.#volume.valueAsNumber;
    setSlider(this.#volume, percent, `${percent} %`);
    setText(byId("volume-text"), `${percent} %`);
    this.#gain?.gain.setTargetAtTime(percent / 100, this.#context.currentTime, 0.02);
  }
}
