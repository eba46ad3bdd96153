// The log of the last operations, and the line that tells how the last one went.

import { byId, instance, setData, setText } from "./dom.js";

const MOST_ENTRIES = 30;
/** One that takes no longer is told by its end alone: a reader that speaks is not flooded while a fader moves. */
const QUICK_MS = 250;
/** How a prompt ends, in words. */
const ENDS = { completedSuccessfully: "heard to its end after", mediaOperationCanceled: "cancelled after" };
const PARTS = { when: ".when", listener: ".for", change: ".change", outcome: ".outcome", details: ".details" };

/** An entry of a change that was sent. */
export function begin(listener, change) {
  const row = instance("entry-template", PARTS);
  const now = new Date();
  row.when.dateTime = now.toISOString();
  row.when.textContent = now.toLocaleTimeString();
  row.listener.textContent = listener;
  row.change.textContent = change;
  row.outcome.textContent = "running…";
  byId("log-empty").hidden = true;
  const log = byId("log");
  log.prepend(row.root);
  while (log.children.length > MOST_ENTRIES) log.lastElementChild.remove();
  return new Entry(row, change);
}

class Entry {
  #row;
  #change;
  #listener;
  #begun = performance.now();
  #slow;

  constructor(row, change) {
    this.#row = row;
    this.#change = change;
    setData(byId("status"), "state", "running");
    this.#listener = row.listener.textContent;
    this.#slow = setTimeout(() => this.#tell("running", "running…"), QUICK_MS);
  }

  /** A prompt has a `reason`: how it ended. */
  completed(reason) {
    const ms = Math.round(performance.now() - this.#begun);
    const how = ENDS[reason] ?? "completed in";
    this.#tell("completed", `${how} ${ms < 10_000 ? `${ms} ms` : `${Math.round(ms / 1000)} s`}`);
  }

  postponed(reason, ms) {
    this.#tell("postponed", `again in ${(ms / 1000).toFixed(0)} s: ${reason}`);
  }

  failed(reason, details) {
    for (const { message, target } of details) {
      const item = document.createElement("li");
      item.textContent = target ? `${target}: ${message}` : String(message);
      this.#row.details.append(item);
    }
    this.#tell("failed", `failed: ${reason}`);
  }

  #tell(state, words) {
    clearTimeout(this.#slow);
    setData(this.#row.root, "state", state);
    setText(this.#row.outcome, words);
    setData(byId("status"), "state", state);
    const [listener, change, outcome] = [this.#listener, this.#change, words].map(isolated);
    byId("status").replaceChildren(listener, ": ", change, ": ", outcome);
  }
}

/** Text that keeps its direction to itself. */
function isolated(text) {
  const element = document.createElement("bdi");
  element.textContent = text;
  return element;
}
