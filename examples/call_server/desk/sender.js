// The changes to one listener's row on their way into force: one request at a time, at most ten a second, the last value always.

import { Refused, configure, follow } from "./api.js";
import { applyEdits, covers, describe, readRow, toRequest } from "./row.js";

const GAP_MS = 100;
/** How long an edit that is in force outlives the last state message that was made before it. */
const SETTLE_MS = 600;
const MOST_TRIES = 10;

export class Sender {
  #listener;
  #host;
  #row = readRow(null);
  /** By key: the value, whether it is waiting, sent or done, and when it was done. */
  #edits = new Map();
  #timer = 0;
  #isBusy = false;
  #notBefore = 0;
  #tries = 0;

  /**
   * `host` has `call()`, `isHere(id)`, `begin(listener, change)` for an entry of the log, `settled()` after each,
   * and `refused(message)` for the token.
   */
  constructor(listener, host) {
    this.#listener = listener;
    this.#host = host;
  }

  /** The row as it is to be: what is in force, and what was changed here. */
  get row() {
    return applyEdits(this.#row, this.#edits);
  }

  /** Takes up what is in force; edits that have arrived, or were overruled, are forgotten. */
  takeUp(row) {
    this.#row = row;
    const now = performance.now();
    for (const [key, edit] of this.#edits) {
      const isOver = edit.is === "done" && (covers(row, key, edit.value) || now - edit.doneAt > SETTLE_MS);
      if (isOver) this.#edits.delete(key);
    }
  }

  edit(key, value) {
    this.#edits.set(key, { value, is: "waiting" });
    this.#schedule();
  }

  #schedule() {
    const isWaiting = [...this.#edits.values()].some((edit) => edit.is === "waiting");
    if (this.#isBusy || this.#timer !== 0 || !isWaiting) return;
    const wait = Math.max(0, this.#notBefore - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      this.#send();
    }, wait);
  }

  async #send() {
    if (!this.#host.isHere(this.#listener)) return this.#edits.clear();
    const sent = new Map([...this.#edits].filter(([, edit]) => edit.is === "waiting"));
    for (const edit of sent.values()) edit.is = "sent";
    this.#isBusy = true;
    this.#notBefore = performance.now() + GAP_MS;
    const entry = this.#host.begin(this.#listener, describe(sent));
    try {
      this.#ended(sent, entry, await this.#operation());
      this.#tries = 0;
    } catch (error) {
      this.#failed(sent, entry, error);
    }
    this.#isBusy = false;
    this.#host.settled();
    this.#schedule();
  }

  async #operation() {
    const call = this.#host.call();
    const request = toRequest(this.#listener, this.row, this.#host.isHere, crypto.randomUUID?.() ?? null);
    return follow(call, await configure(call, request));
  }

  #ended(sent, entry, operation) {
    if (operation.status === "failed") {
      const reason = operation.resultInfo?.message ?? "no reason was given";
      throw new Refused(0, String(reason));
    }
    for (const edit of sent.values()) Object.assign(edit, { is: "done", doneAt: performance.now() });
    entry.completed();
  }

  /** What is refused for now is sent again; what is refused is taken back, unless it was changed meanwhile. */
  #failed(sent, entry, error) {
    const refused = error instanceof Refused ? error : new Refused(0, String(error));
    if (refused.isForNow && this.#tries < MOST_TRIES) {
      this.#tries += 1;
      this.#notBefore = performance.now() + refused.retryAfterMs;
      for (const edit of sent.values()) edit.is = "waiting";
      entry.postponed(refused.message, refused.retryAfterMs);
      return;
    }
    this.#tries = 0;
    for (const [key, edit] of sent) {
      if (this.#edits.get(key) === edit) this.#edits.delete(key);
    }
    entry.failed(refused.message, refused.details);
    if (refused.isOfTheToken) this.#host.refused(refused.message);
  }
}
