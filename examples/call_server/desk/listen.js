// The audio thread of the page: packets into a ring, samples out of it. Plays once there are 100 ms, drops what is over 300 ms,
// counts the gaps, and tells ten times a second what it played.

const TARGET_S = 0.1;
const MOST_S = 0.3;
const REPORT_S = 0.1;

class Listen extends AudioWorkletProcessor {
  #ring = new Float32Array(sampleRate);
  #read = 0;
  #fill = 0;
  #isPlaying = false;
  #counts = { underruns: 0, dropped: 0 };
  #sum = 0;
  #played = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => this.#push(new Int16Array(data));
  }

  #push(samples) {
    const { length } = this.#ring;
    for (const sample of samples) {
      if (this.#fill === length) this.#drop(1);
      this.#ring[(this.#read + this.#fill) % length] = sample / 32768;
      this.#fill += 1;
    }
    if (this.#fill > MOST_S * sampleRate) this.#drop(this.#fill - TARGET_S * sampleRate);
    if (this.#fill >= TARGET_S * sampleRate) this.#isPlaying = true;
  }

  #drop(count) {
    const whole = Math.floor(count);
    this.#read = (this.#read + whole) % this.#ring.length;
    this.#fill -= whole;
    this.#counts.dropped += whole;
  }

  process(_inputs, [[left, ...others]]) {
    const count = this.#isPlaying ? Math.min(this.#fill, left.length) : 0;
    for (let i = 0; i < count; i += 1) {
      left[i] = this.#ring[(this.#read + i) % this.#ring.length];
      this.#sum += left[i] * left[i];
    }
    this.#read = (this.#read + count) % this.#ring.length;
    this.#fill -= count;
    for (const other of others) other.set(left);
    if (this.#isPlaying && count < left.length) this.#starved();
    this.#report(left.length);
    return true;
  }

  #starved() {
    this.#isPlaying = false;
    this.#counts.underruns += 1;
  }

  #report(length) {
    this.#played += length;
    if (this.#played < REPORT_S * sampleRate) return;
    const rms = Math.sqrt(this.#sum / this.#played);
    this.port.postMessage({ rms, isPlaying: this.#isPlaying, delayMs: (this.#fill / sampleRate) * 1000, ...this.#counts });
    this.#sum = 0;
    this.#played = 0;
  }
}

registerProcessor("listen", Listen);
