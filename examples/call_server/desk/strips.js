// The faders of one listener: a strip for each other source, kept in place while the state comes in.

import { byId, fill, instance, keepRows, setAttribute, setData, setSlider, setText, share } from "./dom.js";
import { routeOf } from "./routes.js";
import { sourceOf } from "./row.js";

const PARTS = {
  lamp: ".lamp",
  name: ".name",
  route: ".route",
  fader: "input[type=range]",
  thin: ".thin",
  number: ".number",
  tag: ".tag",
  unlist: ".unlist",
  ducks: ".ducks input",
};

export class Strips {
  #list = byId("strips");
  #rows = new Map();
  #actions;

  /** `actions` has `level(source, percent)`, `ducks(source, on)` and `unlist(source)`. */
  constructor(actions) {
    this.#actions = actions;
    window.addEventListener("pointerup", () => this.#letGo());
    window.addEventListener("pointercancel", () => this.#letGo());
  }

  /** Another listener's strips are new ones: their controls have other names. */
  clear() {
    this.#rows.clear();
    this.#list.replaceChildren();
  }

  /** Music for others on hold is left out. */
  show(listener, row, state) {
    const isShown = ({ id, sends }) => id !== listener.id && (sends || row.sources.has(id));
    const all = state.participants.filter(isShown).map((source) => ({ ...source, route: routeOf(listener, source, state) }));
    const sources = all.filter(({ id, plays, route }) => !plays || route.leads || row.sources.has(id));
    keepRows(this.#list, this.#rows, sources, (id) => this.#make(listener.id, id));
    for (const source of sources) update(this.#rows.get(source.id), source, sourceOf(row, source.id));
    byId("no-sources").hidden = sources.length > 0;
  }

  #make(listener, id) {
    const strip = instance("strip-template", PARTS);
    strip.name.textContent = id;
    strip.name.title = id;
    strip.isHeld = false;
    strip.fader.setAttribute("aria-label", `Level of ${id} for ${listener}`);
    strip.unlist.setAttribute("aria-label", `Unlist ${id}: heard as the default`);
    strip.ducks.setAttribute("aria-label", `${id} ducks others`);
    strip.fader.addEventListener("pointerdown", () => (strip.isHeld = true));
    strip.fader.addEventListener("change", () => (strip.isHeld = false));
    strip.fader.addEventListener("input", () => this.#actions.level(id, strip.fader.valueAsNumber));
    strip.ducks.addEventListener("change", () => this.#actions.ducks(id, strip.ducks.checked));
    strip.unlist.addEventListener("click", () => this.#unlist(strip, id));
    return strip;
  }

  /** The button goes away with what it did: the fader takes the focus. */
  #unlist(strip, id) {
    strip.fader.focus();
    this.#actions.unlist(id);
  }

  #letGo() {
    for (const strip of this.#rows.values()) strip.isHeld = false;
  }
}

function update(strip, source, heard) {
  const isTalking = source.talking === true && !source.muted;
  setData(strip.lamp, "talking", isTalking);
  fill(strip.thin, share(source.levelDbfs));
  setData(strip.root, "listed", heard.listed);
  setText(strip.tag, heard.listed ? "listed" : "default");
  strip.unlist.hidden = !heard.listed;
  if (strip.ducks.checked !== heard.duckOthers) strip.ducks.checked = heard.duckOthers;
  // Nobody takes a fader out of the hand that holds it.
  const level = strip.isHeld ? strip.fader.valueAsNumber : heard.level;
  const { leads, words } = source.route;
  setData(strip.root, "routed", leads);
  setText(strip.route, words);
  setAttribute(strip.route, "title", words);
  setSlider(strip.fader, level, `${level} %${heard.listed ? "" : ", not listed"}${leads ? "" : `, ${words}`}`);
  setText(strip.number, `${level} %`);
}
