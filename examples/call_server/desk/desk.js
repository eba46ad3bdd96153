// The desk: puts the state that comes in on the page, and what people do into requests.

import { Actions } from "./actions.js";
import { begin } from "./operations.js";
import { byId, fill, setAttribute, setData, setMeter, setText } from "./dom.js";
import { DuckingForm } from "./ducking.js";
import { Groups } from "./groups.js";
import { Listening } from "./listening.js";
import { Me } from "./me.js";
import { People } from "./people.js";
import { Prompts } from "./prompts.js";
import { Roles } from "./roles.js";
import { elsewhereOf, groupOfTwo, quoted } from "./routes.js";
import { DUCKING, readRow, sourceKey, sourceOf } from "./row.js";
import { Sender } from "./sender.js";
import { forgetToken, isToken, keepToken, takeTokenFromAddress, token } from "./session.js";
import { Servers } from "./servers.js";
import { Socket } from "./socket.js";
import { Strips } from "./strips.js";

const MOST_REDUCTION_DB = 20;

/** The newest state, and whether a frame of it is due. */
let state = { call: "", dominant: null, participants: [], roles: {}, groups: [], runner: null, cluster: null };
let here = new Set();
let isDue = false;
/** A sender for each listener that was changed or shown: its edits go on when another is on the desk. */
const senders = new Map();

const host = {
  call: () => state.call,
  isHere: (id) => here.has(id),
  begin,
  settled: () => frame(),
  refused: (message) => askForToken(message),
};

function senderOf(listener) {
  if (!senders.has(listener)) senders.set(listener, new Sender(listener, host));
  return senders.get(listener);
}

const actions = new Actions({ call: () => state.call, refused: (message) => askForToken(message) });
const groups = new Groups((group) => actions.end(group));
const prompts = new Prompts(actions);
const roles = new Roles();
const servers = new Servers();
const people = new People({
  choice: (listener, byHand) => choose(listener, byHand),
  connect: (source, receiver) => toggleGroup(source, receiver),
  actions,
});
const listening = new Listening(() => people.chosen);
const me = new Me({
  isLive: () => byId("connection").dataset.state === "open",
  came: (id) => came(id),
  refused: (message) => askForToken(message),
});
const edit = (key, value) => people.chosen !== null && change(senderOf(people.chosen), key, value);
const strips = new Strips({
  level: (id, level) => edit(sourceKey(id), { ...heard(id), level }),
  ducks: (id, on) => setDucks(id, on),
  unlist: (id) => edit(sourceKey(id), null),
});
const ducking = new DuckingForm((value) => setDucking(value));
byId("exclusive").addEventListener("change", ({ target }) => edit("exclusive", target.checked));

function change(sender, key, value) {
  sender.edit(key, value);
  frame();
}

/** One click lets one hear the other, the next ends that. */
function toggleGroup(source, receiver) {
  const group = groupOfTwo(state.groups, source, receiver);
  return group === null ? actions.connect(source, receiver) : actions.end(group);
}

/** How a source is heard by the listener on the desk, as an entry of a request. */
function heard(id) {
  const { level, duckOthers } = sourceOf(senderOf(people.chosen).row, id);
  return { level, duckOthers };
}

/** Who ducks others needs ducking: it is switched on along with it. */
function setDucks(id, on) {
  if (on && senderOf(people.chosen).row.ducking === null) edit("ducking", { ...DUCKING });
  edit(sourceKey(id), { ...heard(id), duckOthers: on });
}

/** Without ducking nobody ducks. */
function setDucking(value) {
  edit("ducking", value);
  if (value !== null) return;
  for (const [id, { level, duckOthers }] of senderOf(people.chosen).row.sources) {
    if (duckOthers) edit(sourceKey(id), { level, duckOthers: false });
  }
}

/** Who listens in hears whom they choose; never somebody else because one has left. */
function choose(listener, byHand) {
  strips.clear();
  ducking.forget();
  if (byHand) listening.follow(listener);
  else listening.stop();
  setText(byId("listener-name"), listener ?? "nobody");
  byId("no-listener").hidden = listener !== null;
  byId("board").hidden = listener === null;
  frame();
}

/** Who joins has its own mix on the desk, and hears it already. */
function came(id) {
  listening.stop();
  people.want(id);
  frame();
}

/** Draws once a frame, however much has come in. */
function frame() {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    draw();
  });
}

function draw() {
  people.show(state, me.id);
  me.show(state.participants);
  setText(byId("call"), state.call || "–");
  setText(byId("dominant"), state.dominant ?? "nobody");
  setText(byId("count"), String(state.participants.filter(({ plays }) => !plays).length));
  const held = state.participants.filter(({ onHold }) => onHold);
  setText(byId("held"), held.length === 0 ? "nobody" : held.map(({ id }) => id).join(", "));
  setData(byId("held"), "any", held.length > 0);
  showOverload(state.runner?.overloadStep ?? 0);
  groups.show(state);
  roles.show(state);
  servers.show(state);
  prompts.show(state);
  const listener = state.participants.find(({ id }) => id === people.chosen);
  if (listener) drawListener(listener);
}

function drawListener(listener) {
  const { row } = senderOf(listener.id);
  strips.show(listener, row, state);
  byId("on-hold").hidden = !listener.onHold;
  const server = elsewhereOf(listener, state);
  byId("listen").disabled = server !== null;
  setAttribute(byId("listen"), "title", server === null ? "" : `At server ${quoted(server)}: listen in there`);
  ducking.show(row.ducking);
  byId("exclusive").checked = row.exclusive;
  setMeter(byId("mix-meter"), byId("mix-peak"), listener.mix?.peakDbfs);
  // What is mixed at another server is metered there.
  if (server !== null) setText(byId("mix-peak"), "–");
  const reduction = Math.abs(listener.mix?.reductionDb ?? 0);
  fill(byId("mix-reduction"), Math.min(reduction / MOST_REDUCTION_DB, 1));
  setAttribute(byId("mix-reduction"), "aria-valuenow", reduction.toFixed(1));
  setText(byId("mix-reduction-text"), reduction < 0.05 ? "0 dB" : `−${reduction.toFixed(1)} dB`);
}

/** The faders tell what was asked for: not all of it is heard while the server leaves something out. */
function showOverload(step) {
  byId("overload").hidden = step === 0;
  setText(byId("overload"), step === 0 ? "" : `The server is overloaded: only the loudest are heard, and levels may be set aside (step ${step}).`);
}

function takeUp(text) {
  const told = JSON.parse(text);
  const { call, dominant = null, participants = [], roles = {}, groups = [], runner = null, cluster = null } = told;
  state = { call, dominant, participants, roles, groups, runner, cluster };
  here = new Set(state.participants.map(({ id }) => id));
  for (const { id, hears, mixerLevel } of state.participants) {
    if (hears || senders.has(id)) senderOf(id).takeUp(readRow(mixerLevel));
  }
  for (const id of senders.keys()) if (!here.has(id)) senders.delete(id);
  frame();
}

const socket = new Socket("/desk/state", { text: takeUp, state: (line) => showLine(line) });

function showLine(line) {
  const words = {
    connecting: "Connecting…",
    open: "Connected",
    waiting: `No connection; trying again in ${((line.ms ?? 0) / 1000).toFixed(1)} s`,
    closed: "Not connected",
    refused: "Not connected",
  };
  setData(byId("connection"), "state", line.is);
  setText(byId("connection"), words[line.is]);
  setData(byId("desk"), "stale", line.is !== "open");
  if (line.is === "open") showDesk(true);
  if (line.is === "refused") askForToken(token() === null ? "" : `The token was refused: ${line.message}`);
}

function showDesk(isOpen) {
  byId("desk").hidden = !isOpen;
  byId("skip").hidden = !isOpen;
  byId("login").hidden = isOpen;
}

function askForToken(message) {
  socket.close();
  listening.stop();
  me.leave();
  forgetToken();
  showDesk(false);
  setText(byId("login-error"), message);
  byId("token").value = "";
  byId("token").focus();
}

byId("login-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const value = byId("token").value.trim();
  if (!isToken(value)) return setText(byId("login-error"), "A token is one word of letters, digits and signs, without spaces.");
  keepToken(value);
  byId("token").value = "";
  setText(byId("login-error"), "");
  socket.open();
});

// A link with another token, opened in a tab that has the desk already.
window.addEventListener("hashchange", () => takeTokenFromAddress() && socket.open());

takeTokenFromAddress();
socket.open();
