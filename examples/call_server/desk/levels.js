// How loud streams are, ten times a second.

const INTERVAL_MS = 100;
const WINDOW = 4096;

export class Levels {
  #context = null;
  #timer = 0;
  #streams = new Map();

  /** `show(level)` is given the level of the stream in dBFS, null for silence, in the place of an earlier one of this name. */
  watch(name, stream, show) {
    this.#context ??= new AudioContext();
    this.#context.resume();
    this.#forget(name);
    const source = this.#context.createMediaStreamSource(stream);
    const analyser = new AnalyserNode(this.#context, { fftSize: WINDOW });
    source.connect(analyser);
    this.#streams.set(name, { source, analyser, show });
    if (this.#timer === 0) this.#timer = setInterval(() => this.#measure(), INTERVAL_MS);
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = 0;
    for (const name of this.#streams.keys()) this.#forget(name);
    this.#context?.close();
    this.#context = null;
  }

  #forget(name) {
    this.#streams.get(name)?.source.disconnect();
    this.#streams.delete(name);
  }

  #measure() {
    const samples = new Float32Array(WINDOW);
    for (const { analyser, show } of this.#streams.values()) {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / WINDOW;
      show(power > 0 ? 10 * Math.log10(power) : null);
    }
  }
}
