// The buttons of one person's row: whisper to it, hear it, put it on hold, mute it, remove it.

import { setAttribute, setText } from "./dom.js";
import { groupOfTwo } from "./routes.js";

/** How long a second click on "Remove" does what the first one asks about. */
const SURE_MS = 4000;

export const BUTTONS = { whisper: ".whisper", hear: ".hear", hold: ".hold", mute: ".mute", remove: ".remove" };

export class RowButtons {
  #id;
  #buttons;
  /** Who whispers and hears: who sits here, or else who is on the desk. */
  #from = null;
  #isHeld = false;
  #sureUntil = 0;

  /** `buttons` has those of `BUTTONS`; `host` has `actions`, and `connect(source, receiver)`. */
  constructor(id, buttons, { actions, connect }) {
    this.#id = id;
    this.#buttons = buttons;
    once(buttons.whisper, () => connect(this.#from, id));
    once(buttons.hear, () => connect(id, this.#from));
    once(buttons.hold, () => (this.#isHeld ? actions.resume(id) : actions.hold(id)));
    once(buttons.mute, () => actions.mute(id));
    once(buttons.remove, () => this.#remove(actions));
  }

  show(person, from, groups) {
    const { whisper, hear, hold, mute, remove } = this.#buttons;
    this.#from = from;
    this.#isHeld = person.onHold;
    const isOther = from !== null && from !== this.#id;
    this.#connection(whisper, "Whisper to", isOther && person.hears, groupOfTwo(groups, from, this.#id));
    this.#connection(hear, "Hear", isOther && person.sends, groupOfTwo(groups, this.#id, from));
    this.#label(hold, person.onHold ? "Resume" : "Hold");
    this.#label(mute, person.muted ? "Muted" : "Mute");
    mute.disabled = person.muted;
    mute.title = person.muted ? "Until it unmutes itself" : "";
    this.#label(remove, performance.now() < this.#sureUntil ? "Sure?" : "Remove");
  }

  /** A private group of two: there or not. One that is there can be ended, whoever is heard by now. */
  #connection(button, words, isPossible, group) {
    button.disabled = !isPossible && group === null;
    setAttribute(button, "aria-pressed", String(group !== null));
    setAttribute(button, "aria-label", `${words} ${this.#id}`);
  }

  #label(button, word) {
    setText(button, word);
    setAttribute(button, "aria-label", `${word} ${this.#id}`);
  }

  /** What cannot be taken back is asked for twice. */
  async #remove(actions) {
    const isSure = performance.now() < this.#sureUntil;
    this.#sureUntil = isSure ? 0 : performance.now() + SURE_MS;
    this.#label(this.#buttons.remove, isSure ? "Remove" : "Sure?");
    if (isSure) await actions.expel(this.#id);
  }
}

/** While a request is on its way, another click does nothing. */
function once(button, act) {
  let isBusy = false;
  button.addEventListener("click", async () => {
    if (isBusy) return;
    isBusy = true;
    await act();
    isBusy = false;
  });
}
