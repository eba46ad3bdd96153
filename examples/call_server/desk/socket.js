// A WebSocket that comes back: with a growing pause after each failure, and a watchdog for lines that went dead in silence.

import { probe } from "./api.js";
import { pauseAfter } from "./backoff.js";
import { subprotocols } from "./session.js";

const SILENCE_MS = 5000;

/**
 * `on` has `text`, `binary` and `state`; the state is connecting, open, waiting (with `ms`), refused (with `message`)
 * or closed.
 */
export class Socket {
  #url;
  #on;
  #socket = null;
  #timer = 0;
  #watchdog = 0;
  #isLive = false;
  #failures = 0;
  /** Counts the ends, so that what was asked before one is not acted on after it. */
  #ends = 0;

  constructor(path, on) {
    this.#url = new URL(path, location.href);
    this.#url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    this.#on = on;
  }

  open() {
    this.#end();
    this.#on.state({ is: "connecting" });
    const socket = new WebSocket(this.#url, subprotocols());
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#watch();
    socket.addEventListener("message", ({ data }) => this.#socket === socket && this.#take(data));
    socket.addEventListener("close", () => this.#socket === socket && this.#lost());
  }

  close() {
    this.#end();
    this.#failures = 0;
    this.#on.state({ is: "closed" });
  }

  /** Nothing that an ended socket does counts any more. */
  #end() {
    const socket = this.#socket;
    this.#socket = null;
    this.#isLive = false;
    this.#ends += 1;
    clearTimeout(this.#timer);
    clearTimeout(this.#watchdog);
    socket?.close();
  }

  #take(data) {
    this.#watch();
    if (!this.#isLive) this.#on.state({ is: "open" });
    this.#isLive = true;
    this.#failures = 0;
    if (typeof data === "string") this.#on.text(data);
    else this.#on.binary?.(data);
  }

  #watch() {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#lost(), SILENCE_MS);
  }

  /** A browser does not tell why a socket was refused: the API does. */
  async #lost() {
    const wasLive = this.#isLive;
    this.#end();
    const ends = this.#ends;
    const answer = wasLive ? { is: "up" } : await probe();
    if (this.#ends !== ends) return;
    if (answer.is === "refused") this.#on.state(answer);
    else this.#wait();
  }

  #wait() {
    this.#failures += 1;
    const ms = pauseAfter(this.#failures);
    this.#on.state({ is: "waiting", ms });
    this.#timer = setTimeout(() => this.open(), ms);
  }
}
