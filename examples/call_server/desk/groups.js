// The private groups that there are, each with a button that ends it.

import { byId, instance, keepRows, setText } from "./dom.js";

const PARTS = { name: ".name", mode: ".mode", sources: ".sources", receivers: ".receivers", end: ".end" };

export class Groups {
  #list = byId("groups");
  #rows = new Map();
  #onEnd;

  /** `onEnd` is given a group that is to end. */
  constructor(onEnd) {
    this.#onEnd = onEnd;
  }

  /** The service's own groups, by which prompts are heard, are not the clients'. */
  show({ groups, participants }) {
    const players = new Set(participants.filter(({ plays }) => plays).map(({ id }) => id));
    const shown = groups.filter(({ sources }) => !sources.some((id) => players.has(id)));
    keepRows(this.#list, this.#rows, shown, (id) => this.#make(id));
    for (const group of shown) update(this.#rows.get(group.id), group);
    byId("no-groups").hidden = shown.length > 0;
  }

  #make(id) {
    const row = instance("group-template", PARTS);
    row.name.textContent = id;
    row.end.setAttribute("aria-label", `End the group ${id}`);
    row.end.addEventListener("click", () => this.#onEnd(row.group));
    return row;
  }
}

function update(row, group) {
  row.group = group;
  const { sources, receivers } = group;
  setText(row.mode, sources.length === 1 && receivers.length === 1 ? "one to one" : `${sources.length} to ${receivers.length}`);
  names(row.sources, sources);
  names(row.receivers, receivers);
}

function names(element, ids) {
  setText(element, ids.length === 0 ? "nobody" : ids.map((id) => `\u2068${id}\u2069`).join(", "));
}
