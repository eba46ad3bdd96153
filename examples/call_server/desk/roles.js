// The table of roles: which hear which, and who has them. There is none in a call without roles.

import { byId, instance, keepRows, setText } from "./dom.js";
import { roleOf, rolesIn } from "./routes.js";

const PARTS = { name: ".name", heard: ".heard", members: ".members" };

export class Roles {
  #panel = byId("roles-panel");
  #body = byId("roles");
  #choice = byId("me-role");
  #rows = new Map();
  #offered = "";

  show({ roles, participants }) {
    const named = rolesIn(roles);
    const all = [...new Set([...named, ...participants.map(roleOf).filter((role) => role !== null)])].sort();
    this.#panel.hidden = all.length === 0;
    this.#offer(named);
    const rows = all.map((id) => ({ id }));
    keepRows(this.#body, this.#rows, rows, (id) => make(id));
    for (const role of all) {
      const members = participants.filter((participant) => roleOf(participant) === role).map(({ id }) => id);
      const row = this.#rows.get(role);
      setText(row.heard, named.includes(role) ? list(roles[role] ?? []) : "nobody, and nobody hears it");
      setText(row.members, list(members));
    }
  }

  /** What one can join with. */
  #offer(named) {
    const told = JSON.stringify(named);
    if (this.#offered === told) return;
    this.#offered = told;
    byId("me-role-field").hidden = named.length === 0;
    this.#choice.replaceChildren(new Option("as configured", ""), ...named.map((role) => new Option(role, role)));
  }
}

function make(id) {
  const row = instance("role-template", PARTS);
  row.name.textContent = id;
  return row;
}

function list(ids) {
  return ids.length === 0 ? "nobody" : ids.map((id) => `\u2068${id}\u2069`).join(", ");
}
