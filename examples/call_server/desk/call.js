// Somebody's connection to the call: sound goes both ways. If it is lost, it is made again under the same id, so that place and configuration are kept.

import { Refused } from "./api.js";
import { pauseAfter } from "./backoff.js";
import { come, leave, mute } from "./whip.js";

/** How long a connection may take to come up, and how long an unsteady one may take to recover. */
const CONNECT_MS = 10_000;
const UNSTEADY_MS = 4000;
/** How long somebody counts as heard after the last packet of it. */
const HEARD_MS = 500;
const NOTHING_CAME = "No connection came up in 10 s. UDP may be blocked on the way; Firefox does not connect to 127.0.0.1.";

export class Call {
  #host;
  #id = null;
  /** The role to come with; empty for that of the name, or the one that the place has. */
  #role = "";
  #microphone = null;
  #pc = null;
  #path = null;
  #timer = 0;
  #failures = 0;
  #wasIn = false;
  #isMuted = false;
  /** The last word on it that was sent: the next one waits for it. */
  #said = Promise.resolve();

  /**
   * `host` has `state(state)`, `sound(stream)` for what is heard, and `isTaken(id)`: whether somebody certainly has the place.
   * The state `is` joining, in, unsteady, waiting (with `ms`), refused (with `error`), taken or out; `in` has `isBack`.
   */
  constructor(host) {
    this.#host = host;
  }

  get id() {
    return this.#id;
  }

  /** Joins under this id, and with this role if it is not empty; without a microphone one only hears. */
  join(id, role, microphone) {
    this.leave();
    this.#id = id;
    this.#role = role;
    this.#microphone = microphone;
    this.#wasIn = false;
    this.#failures = 0;
    this.#isMuted = false;
    this.#connect();
  }

  /** Sends silence, or sound again. */
  mute(isMuted) {
    this.#isMuted = isMuted;
    for (const track of this.#microphone?.getAudioTracks() ?? []) track.enabled = !isMuted;
    const path = this.#path;
    if (path !== null) this.#said = this.#said.then(() => this.#path === path && mute(path, isMuted));
  }

  /** Leaves, and tells the server. */
  leave() {
    if (this.#path !== null) leave(this.#path);
    this.#end({ is: "out" });
  }

  /** The numbers by which the packets name those who are heard now (CSRC). */
  heard() {
    const receiver = this.#pc?.getReceivers()[0];
    const since = performance.timeOrigin + performance.now() - HEARD_MS;
    const sources = receiver?.getContributingSources() ?? [];
    return sources.filter(({ timestamp }) => timestamp > since).map(({ source }) => source);
  }

  async #connect() {
    const pc = new RTCPeerConnection();
    this.#pc = pc;
    this.#host.state({ is: this.#wasIn ? "unsteady" : "joining" });
    pc.addEventListener("track", ({ streams, track }) => this.#host.sound(streams[0] ?? new MediaStream([track])));
    pc.addEventListener("connectionstatechange", () => this.#pc === pc && this.#changed(pc.connectionState));
    const track = this.#microphone?.getAudioTracks()[0];
    if (track) pc.addTrack(track, this.#microphone);
    else pc.addTransceiver("audio", { direction: "recvonly" });
    this.#lostAfter(CONNECT_MS);
    try {
      await this.#exchange(pc);
    } catch (error) {
      if (this.#pc === pc) this.#failed(error);
    }
  }

  async #exchange(pc) {
    await pc.setLocalDescription();
    const { sdp, path } = await come(this.#id, this.#role, pc.localDescription.sdp);
    if (this.#pc !== pc) return leave(path);
    this.#path = path;
    if (this.#isMuted) this.mute(true);
    await pc.setRemoteDescription({ type: "answer", sdp });
    // Who is sent away learns it from DTLS; the state of the connection itself changes seconds later.
    const { transport } = pc.getReceivers()[0];
    transport.addEventListener("statechange", () => this.#pc === pc && transport.state === "closed" && this.#sentAway());
  }

  #changed(state) {
    if (state === "connected") {
      clearTimeout(this.#timer);
      this.#failures = 0;
      this.#host.state({ is: "in", isBack: this.#wasIn });
      this.#wasIn = true;
    }
    if (state === "disconnected") {
      this.#host.state({ is: "unsteady" });
      this.#lostAfter(UNSTEADY_MS);
    }
    if (state === "failed") this.#lost();
  }

  /** Somebody else has the place, or the server has stopped: then it may come back. */
  #sentAway() {
    if (this.#host.isTaken(this.#id)) this.#end({ is: "taken" });
    else this.#lost();
  }

  /** Who was in the call is let in again, unless the answer is a clear no. */
  #failed(error) {
    const refused = error instanceof Refused ? error : new Refused(0, String(error.message ?? error));
    const isForNow = refused.isForNow || refused.status === 0;
    if (this.#wasIn && isForNow) this.#lost(refused.retryAfterMs);
    else this.#end({ is: "refused", error: refused });
  }

  #lostAfter(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lost(), ms);
  }

  /** Nobody is told: the server keeps the place, and the next connection takes it over. */
  #lost(leastMs = 0) {
    this.#close();
    if (!this.#wasIn) return this.#end({ is: "refused", error: new Refused(0, NOTHING_CAME) });
    this.#failures += 1;
    const ms = Math.max(pauseAfter(this.#failures), leastMs);
    this.#host.state({ is: "waiting", ms });
    this.#timer = setTimeout(() => this.#connect(), ms);
  }

  #end(state) {
    const wasHere = this.#id !== null;
    this.#close();
    this.#id = null;
    this.#path = null;
    for (const track of this.#microphone?.getTracks() ?? []) track.stop();
    this.#microphone = null;
    if (wasHere) this.#host.state(state);
  }

  #close() {
    clearTimeout(this.#timer);
    this.#pc?.close();
    this.#pc = null;
  }
}
