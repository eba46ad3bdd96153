// The ducking of one listener: on or off, and four numbers that are checked before they are sent.

import { byId, setText } from "./dom.js";
import { DUCKING, duckingFaults } from "./row.js";

const FIELDS = ["lowerLevel", "upperLevel", "rampActive", "rampInactive"];

export class DuckingForm {
  #form = byId("ducking");
  #switch = byId("ducking-on");
  #error = byId("ducking-error");
  #revert = byId("ducking-revert");
  #inputs = new Map(FIELDS.map((name) => [name, byId(name)]));
  /** Whether something is typed that is not in force, and so may not be overwritten. */
  #isTyped = false;
  #inForce = null;
  #onChange;

  /** `onChange` is given the new ducking, or null for none. */
  constructor(onChange) {
    this.#onChange = onChange;
    this.#switch.addEventListener("change", () => this.#toggle());
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#form.addEventListener("reset", (event) => this.#reset(event));
    for (const input of this.#inputs.values()) {
      input.addEventListener("input", () => this.#typing());
      input.addEventListener("change", () => this.#typed());
    }
  }

  /** Shows what is in force, unless somebody types. */
  show(ducking) {
    this.#inForce = ducking;
    if (this.#switch.checked !== (ducking !== null)) this.#switch.checked = ducking !== null;
    for (const [name, input] of this.#inputs) {
      input.disabled = ducking === null;
      if (!this.#isTyped) writeNumber(input, (ducking ?? DUCKING)[name]);
    }
    if (ducking === null && this.#isTyped) this.forget();
  }

  /** Forgets what is typed. */
  forget() {
    this.#isTyped = false;
    this.#say([]);
  }

  #toggle() {
    this.forget();
    this.#onChange(this.#switch.checked ? { ...DUCKING } : null);
  }

  #reset(event) {
    event.preventDefault();
    this.forget();
    this.show(this.#inForce);
    this.#inputs.get("lowerLevel").focus();
  }

  /** A fault is told once the field is left; one that is put right is forgotten at once. */
  #typing() {
    this.#isTyped = true;
    if (duckingFaults(this.#draft()).length === 0) this.#say([]);
  }

  #typed() {
    const draft = this.#draft();
    const faults = duckingFaults(draft);
    this.#say(faults);
    if (faults.length > 0) return;
    this.#isTyped = false;
    this.#onChange(draft);
  }

  #draft() {
    const numbers = [...this.#inputs].map(([name, input]) => [name, input.value === "" ? NaN : Number(input.value)]);
    return Object.fromEntries(numbers);
  }

  #say(faults) {
    const wrong = new Set(faults.map(({ name }) => name));
    setText(this.#error, faults.map(({ message }) => message).join(" "));
    this.#revert.hidden = faults.length === 0;
    for (const [name, input] of this.#inputs) input.setAttribute("aria-invalid", String(wrong.has(name)));
  }
}

function writeNumber(input, value) {
  if (input.value !== String(value)) input.value = value;
}
