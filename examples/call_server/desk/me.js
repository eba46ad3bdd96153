// Who sits at the desk, in the call: joining under a name, the microphone, what is heard, and leaving.

import { Call } from "./call.js";
import { byId, setAttribute, setData, setMeter, setSlider, setText } from "./dom.js";
import { Levels } from "./levels.js";
import { askForMicrophone } from "./microphone.js";
import { nameFault, placesIn, takenIn } from "./places.js";

const LONGEST_HEARD = 4;
/** How long the state may be older than a mute of one's own. */
const SETTLE_MS = 1000;

export class Me {
  #panel = byId("me");
  #name = byId("me-name");
  #audio = byId("me-audio");
  #volume = byId("me-volume");
  #levels = new Levels();
  #call;
  #host;
  #microphone = null;
  #isMuted = false;
  #isMutedByOthers = false;
  #mutedAt = 0;
  /** What the state has of one. */
  #own = { muted: false, onHold: false };
  #state = { is: "out" };
  /** The name of somebody here whose place is taken over if it is said once more. */
  #warned = null;
  /** Under which name this page has left, as long as the state does not have it: nobody is warned of oneself. */
  #left = null;
  #isAsking = false;
  #participants = [];

  /** `host` has `isLive()` for the state, `came(id)` and `refused(message)` for the token. */
  constructor(host) {
    this.#host = host;
    const isTaken = (id) => host.isLive() && takenIn(this.#participants, id);
    this.#call = new Call({ state: (state) => this.#show(state), sound: (stream) => this.#hear(stream), isTaken });
    byId("join-form").addEventListener("submit", (event) => this.#submit(event));
    byId("join-silent").addEventListener("click", () => this.#join(null));
    byId("leave").addEventListener("click", () => this.#leave());
    byId("mute").addEventListener("click", () => this.#mute(!this.#isMuted));
    this.#volume.addEventListener("input", () => this.#setVolume());
    window.addEventListener("pagehide", () => this.leave());
    this.#setVolume();
  }

  /** The id in the call, or null. */
  get id() {
    return this.#call.id;
  }

  leave() {
    this.#left = this.id;
    this.#call.leave();
  }

  /** Takes up who is in the call. */
  show(participants) {
    this.#participants = participants;
    this.#takeUp(participants.find(({ id }) => id === this.id));
    if (!takenIn(participants, this.#left)) this.#left = null;
    const free = placesIn(participants);
    const offered = byId("places");
    const told = JSON.stringify(free);
    if (offered.dataset.told !== told) {
      offered.dataset.told = told;
      offered.replaceChildren(...free.map((id) => Object.assign(document.createElement("option"), { value: id })));
      if (this.#name.value === "") this.#name.value = free[0] ?? "";
    }
    if (this.id !== null) setText(byId("me-hears"), heardWords(participants, new Set(this.#call.heard())));
  }

  /** Others have put one on hold, or muted one: the page says so, and sends nothing then. */
  #takeUp(own) {
    const [wasMuted, isMuted] = [this.#own.muted, own?.muted === true];
    this.#own = { muted: isMuted, onHold: own?.onHold === true };
    const isByOthers = isMuted && !wasMuted && !this.#isMuted && performance.now() - this.#mutedAt > SETTLE_MS;
    if (isByOthers && this.#microphone !== null) this.#mute(true, true);
    else if (this.id !== null) this.#say();
  }

  async #submit(event) {
    event.preventDefault();
    const id = this.#name.value.trim();
    const fault = nameFault(this.#participants, id);
    if (fault !== null) return this.#refuse(fault);
    if (takenIn(this.#participants, id) && this.#warned !== id && this.#left !== id) {
      this.#warned = id;
      return this.#refuse(`Somebody is in the call as “${id}”. Join once more to take the place over.`);
    }
    await this.#ask();
  }

  /** A second click while the browser asks for the microphone asks for nothing. */
  async #ask() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    setText(byId("me-error"), "");
    setText(byId("me-text"), "The browser asks for the microphone…");
    try {
      this.#join(await askForMicrophone(byId("filter").checked));
    } catch (error) {
      this.#refuse(error.message);
      byId("join-silent").hidden = false;
    }
    this.#isAsking = false;
  }

  #join(microphone) {
    const id = this.#name.value.trim();
    const fault = nameFault(this.#participants, id);
    if (fault !== null) return this.#refuse(fault);
    this.#warned = null;
    this.#microphone = microphone;
    byId("join-silent").hidden = true;
    byId("mute").hidden = microphone === null;
    byId("me-microphone").hidden = microphone === null;
    this.#mute(false);
    if (microphone) {
      const show = (level) => setMeter(byId("microphone-meter"), byId("microphone-level"), level);
      this.#levels.watch("microphone", microphone, show);
      const gone = () => this.#microphone === microphone && setText(byId("me-error"), "The microphone is gone: nobody hears you.");
      microphone.getAudioTracks()[0].addEventListener("ended", gone);
    }
    setText(byId("me-id"), id);
    this.#call.join(id, byId("me-role").value, microphone);
  }

  #leave() {
    this.leave();
    this.#name.focus();
  }

  #hear(stream) {
    this.#audio.srcObject = stream;
    this.#audio.play().catch(() => setText(byId("me-error"), "The browser does not play sound here: allow it for this page."));
    this.#levels.watch("heard", stream, (level) => setMeter(byId("hear-meter"), byId("hear-level"), level));
  }

  #mute(isMuted, isByOthers = false) {
    this.#isMuted = isMuted;
    this.#isMutedByOthers = isByOthers;
    this.#mutedAt = performance.now();
    this.#call.mute(isMuted);
    setText(byId("mute"), isMuted ? "Unmute" : "Mute");
    setAttribute(byId("mute"), "aria-pressed", String(isMuted));
    setData(this.#panel, "muted", isMuted);
    this.#say();
  }

  #show(state) {
    this.#state = state;
    setData(this.#panel, "stage", state.is);
    this.#say();
    const isHere = this.id !== null;
    byId("join-form").hidden = isHere;
    byId("me-controls").hidden = !isHere;
    byId("me-title").hidden = isHere;
    byId("me-here").hidden = !isHere;
    if (state.is === "joining") setText(byId("me-error"), "");
    if (state.is === "in" && !state.isBack) this.#host.came(this.id);
    if (!isHere) this.#gone(state);
  }

  #say() {
    const isHeard = this.#microphone !== null && !this.#isMuted;
    setText(byId("me-text"), wordsOf(this.#state, isHeard, this.#own.onHold, this.#isMutedByOthers));
  }

  #gone(state) {
    this.#levels.stop();
    this.#microphone = null;
    this.#audio.srcObject = null;
    setText(byId("me-hears"), "");
    if (state.is === "taken") setText(byId("me-error"), "Somebody else has come under your name, and you are out of the call.");
    if (state.is !== "refused") return;
    setText(byId("me-error"), `You are not in the call: ${state.error.message}`);
    if (state.error.status === 401) this.#host.refused(state.error.message);
  }

  #refuse(message) {
    setText(byId("me-text"), "");
    setText(byId("me-error"), message);
    this.#name.focus();
  }

  #setVolume() {
    const percent = this.#volume.valueAsNumber;
    setSlider(this.#volume, percent, `${percent} %`);
    setText(byId("me-volume-text"), `${percent} %`);
    this.#audio.volume = percent / 100;
  }
}

function wordsOf(state, isHeard, isOnHold, isMutedByOthers) {
  const unheard = isMutedByOthers ? "Somebody has muted you: nobody hears you." : "You hear the others, and nobody hears you.";
  const routed = isOnHold ? "You are on hold: you hear the hold music alone, and nobody hears you." : unheard;
  const words = {
    joining: "Joining…",
    in: isHeard && !isOnHold ? "You are heard, and hear the others." : routed,
    unsteady: "The connection is unsteady…",
    waiting: `The connection is lost; trying again in ${((state.ms ?? 0) / 1000).toFixed(1)} s.`,
  };
  return words[state.is] ?? "You are not in the call.";
}

/** By name who is heard, from the numbers in the packets. */
function heardWords(participants, numbers) {
  const names = participants.filter(({ contributor }) => numbers.has(contributor)).map(({ id }) => `\u2068${id}\u2069`);
  if (names.length === 0) return "Nobody is heard.";
  const more = names.length - LONGEST_HEARD;
  return `You hear ${names.slice(0, LONGEST_HEARD).join(", ")}${more > 0 ? ` and ${more} more` : ""}.`;
}
