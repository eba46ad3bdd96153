// Prompts: what is played to everybody by a request, what plays, and how it ended.

import { byId, instance, setData, setMeter, setText } from "./dom.js";

/** The participant that plays the prompts of a call: the service's own. On several servers each has one, with its name. */
const playerOf = (cluster) => (cluster === null ? "$prompts" : `$prompts.${cluster.node}`);
const PARTS = { uri: ".uri", kind: ".kind" };

export class Prompts {
  #uri = byId("prompt-uri");
  #loop = byId("prompt-loop");
  #running = byId("prompts-running");
  #actions;

  constructor(actions) {
    this.#actions = actions;
    byId("prompt-form").addEventListener("submit", (event) => this.#play(event));
    byId("prompt-cancel").addEventListener("click", () => this.#cancel());
  }

  /** Anybody's prompts are seen here, by their player in the call. */
  show({ participants, cluster }) {
    const player = participants.find(({ id, plays }) => plays && id === playerOf(cluster));
    const level = player?.levelDbfs ?? null;
    setMeter(byId("prompt-meter"), byId("prompt-level"), level);
    setData(byId("prompts-panel"), "playing", level !== null);
  }

  async #play(event) {
    event.preventDefault();
    const [uri, isLooped] = [this.#uri.value.trim(), this.#loop.checked];
    if (uri === "") {
      this.#uri.focus();
      return this.#say("Say where the prompt is.");
    }
    this.#say("");
    const row = instance("prompt-template", PARTS);
    row.uri.textContent = uri;
    row.kind.textContent = isLooped ? "again and again" : "once";
    this.#running.append(row.root);
    const fault = await this.#actions.play(uri, isLooped);
    row.root.remove();
    if (fault !== null) this.#say(fault);
  }

  async #cancel() {
    this.#say("");
    const fault = await this.#actions.cancel();
    if (fault !== null) this.#say(fault);
  }

  /** The line of the last operation is read out already, so this one is only seen. */
  #say(fault) {
    setText(byId("prompt-error"), fault);
    this.#uri.setAttribute("aria-invalid", String(fault !== ""));
  }
}
