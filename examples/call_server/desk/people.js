// Who is in the call: a row each with a light, a meter, the network of those who are connected, what can be done with it and, for those who hear, the choice of whose mix is on the desk.

import { BUTTONS, RowButtons } from "./buttons.js";
import { byId, instance, keepRows, setAttribute, setData, setMeter, setText } from "./dom.js";
import { networkWords } from "./network.js";
import { quoted, roleOf } from "./routes.js";

const PARTS = {
  pick: "input",
  name: ".name",
  you: ".you",
  role: ".role",
  light: ".light",
  said: ".said",
  level: ".level",
  meter: ".meter",
  number: ".number",
  network: ".network",
  ...BUTTONS,
};

export class People {
  #list = byId("people");
  #rows = new Map();
  #chosen = null;
  /** Who is put on the desk as soon as it is here. */
  #wanted = null;
  #host;

  /** `host` has `choice(id, byHand)`, where the id may be null, and what the buttons of a row need. */
  constructor(host) {
    this.#host = host;
    byId("find").addEventListener("input", () => this.#find());
  }

  /** The listener whose mix is on the desk, or null. */
  get chosen() {
    return this.#chosen;
  }

  /** Puts somebody on the desk, now or when it is in the call. */
  want(id) {
    this.#wanted = id;
  }

  /** `own` is the id of who sits here, or null. */
  show(state, own) {
    const people = state.participants.filter(({ plays }) => !plays);
    const isNew = people.some(({ id }) => !this.#rows.has(id));
    keepRows(this.#list, this.#rows, people, (id) => this.#make(id));
    for (const person of people) this.#update(this.#rows.get(person.id), person, state, own);
    byId("nobody").hidden = people.length > 0;
    this.#keepChoice(people);
    const from = own ?? this.#chosen;
    for (const person of people) this.#rows.get(person.id).buttons.show(person, from, state.groups);
    setText(byId("whispers"), from ?? "nobody");
    if (isNew) this.#find();
  }

  #make(id) {
    const row = instance("person-template", PARTS);
    row.name.textContent = id;
    row.name.title = id;
    row.id = id;
    row.meter.setAttribute("aria-label", `Level of ${id}`);
    row.buttons = new RowButtons(id, row, this.#host);
    row.pick.addEventListener("change", () => this.#choose(id, true));
    return row;
  }

  #update(row, person, state, own) {
    const { dominant } = state;
    row.you.hidden = person.id !== own;
    const words = [serverWords(person, state), networkWords(person.connection)];
    setText(row.network, words.filter((word) => word !== "").join(" · "));
    const isTalking = person.talking === true && !person.muted;
    setData(row.root, "dominant", person.id === dominant);
    setData(row.root, "held", person.onHold);
    const role = person.routing === "apart" ? "apart" : roleOf(person);
    setText(row.role, role ?? "");
    row.role.hidden = role === null;
    setData(row.light, "talking", isTalking);
    const said = saidOf(person, isTalking, person.id === dominant);
    setText(row.said, person.hears ? said : `${said}, does not listen`);
    row.pick.disabled = !person.hears;
    setMeter(row.meter, row.number, person.sends ? person.levelDbfs : null);
    row.level.hidden = !person.sends;
  }

  /** Somebody is always on the desk, if anybody hears. */
  #keepChoice(people) {
    if (people.some(({ id, hears }) => id === this.#wanted && hears)) {
      const wanted = this.#wanted;
      this.#wanted = null;
      return this.#choose(wanted, false);
    }
    const chosen = people.find(({ id }) => id === this.#chosen);
    if (chosen?.hears) return;
    this.#choose(people.find(({ hears }) => hears)?.id ?? null, false);
  }

  #choose(id, byHand) {
    if (this.#chosen === id) return;
    this.#chosen = id;
    for (const row of this.#rows.values()) {
      row.pick.checked = row.id === id;
      setAttribute(row.root, "data-chosen", String(row.id === id));
    }
    this.#host.choice(id, byHand);
  }

  #find() {
    const wanted = byId("find").value.trim().toLowerCase();
    for (const row of this.#rows.values()) row.root.hidden = !row.id.toLowerCase().includes(wanted);
  }
}

/** Of several servers, the one that somebody is at. */
function serverWords({ node }, { cluster }) {
  if (cluster === null) return "";
  return node === null ? "on its way to another server" : `at ${quoted(node)}`;
}

function saidOf(person, isTalking, isDominant) {
  if (person.onHold) return "on hold";
  if (!person.sends) return "only listens";
  if (person.muted) return "muted";
  if (isTalking) return isDominant ? "talking, has the floor" : "talking";
  return isDominant ? "quiet, has the floor" : "quiet";
}
