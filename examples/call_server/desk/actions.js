// What is done with the rest of the API: groups, holds, mutes, removals, prompts. Each is an entry of the log, which tells how it ended.

import { Refused, follow, post, remove } from "./api.js";
import { begin } from "./operations.js";
import { quoted } from "./routes.js";

export class Actions {
  #host;

  /** `host` has `call()`, and `refused(message)` for the token. */
  constructor(host) {
    this.#host = host;
  }

  /** Lets `receiver` alone hear `source`, whatever else says. The id says what it is, so that the same again is the same. */
  connect(source, receiver) {
    const group = { id: `${source} to ${receiver}`, routingMode: "oneToOne", sources: [source], receivers: [receiver] };
    const words = `group ${quoted(group.id)}`;
    return this.#do(receiver, words, (call) => post(call, ["audioRoutingGroups"], group));
  }

  /** Ends a group. */
  end({ id, receivers }) {
    const words = `no group ${quoted(id)}`;
    return this.#do(receivers.join(", "), words, (call) => remove(call, ["audioRoutingGroups", id]));
  }

  hold(id) {
    return this.#do(id, "on hold", (call) => post(call, ["participants", id, "startHoldMusic"], {}));
  }

  resume(id) {
    return this.#do(id, "off hold", (call) => post(call, ["participants", id, "stopHoldMusic"], {}));
  }

  mute(id) {
    return this.#do(id, "muted", (call) => post(call, ["participants", id, "mute"], {}));
  }

  expel(id) {
    return this.#do(id, "out of the call", (call) => remove(call, ["participants", id]));
  }

  /** Plays a prompt to everybody, until it is over or cancelled. */
  play(uri, isLooped) {
    const request = { prompts: [{ mediaInfo: { uri } }], loop: isLooped };
    const words = `prompt ${quoted(uri)}${isLooped ? ", again and again" : ""}`;
    return this.#do("everybody", words, (call) => post(call, ["playPrompt"], request), Infinity);
  }

  cancel() {
    return this.#do("everybody", "no prompts", (call) => post(call, ["cancelMediaProcessing"], {}));
  }

  /** Sends a request, and follows its operation if it has begun one. What went wrong in words, or null. */
  async #do(whom, words, send, forMs) {
    const entry = begin(whom, words);
    try {
      const call = this.#host.call();
      const answer = await send(call);
      const operation = answer?.status ? await follow(call, answer, forMs) : null;
      if (operation?.status === "failed") throw new Refused(0, String(operation.resultInfo?.message ?? "no reason was given"));
      entry.completed(operation?.completionReason);
      return null;
    } catch (error) {
      const refused = error instanceof Refused ? error : new Refused(0, String(error));
      entry.failed(refused.message, refused.details);
      if (refused.isOfTheToken) this.#host.refused(refused.message);
      return [refused.message, ...refused.details.map(({ message, target }) => (target ? `${target}: ${message}` : message))].join(" ");
    }
  }
}
