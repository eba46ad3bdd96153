// What one listener hears, as the wire has it, and the changes made here that are not in force yet. Pure: no page, no network.

import { quoted } from "./routes.js";

/** The ranges that the service checks, too. */
export const LIMITS = { level: 100, ramp: 5000 };
export const DUCKING = { rampActive: 200, rampInactive: 600, lowerLevel: 20, upperLevel: 100 };
/** The key of an edit: a source's id may be any text, so it cannot be one of the others. */
export const sourceKey = (id) => `source:${id}`;

/** From a state message; what is absent or null is the default. */
export function readRow(level) {
  const entries = (level?.sourceLevels ?? []).map((entry) => [
    entry.participant,
    { level: entry.level ?? LIMITS.level, duckOthers: entry.duckOthers === true },
  ]);
  return { exclusive: level?.exclusive === true, ducking: level?.ducking ?? null, sources: new Map(entries) };
}

/** The row with the edits on top of it: what others change in the same row stays. */
export function applyEdits(row, edits) {
  const edited = { ...row, sources: new Map(row.sources) };
  for (const [key, { value }] of edits) {
    if (key === "exclusive") edited.exclusive = value;
    else if (key === "ducking") edited.ducking = value;
    else if (value === null) edited.sources.delete(key.slice("source:".length));
    else edited.sources.set(key.slice("source:".length), value);
  }
  return edited;
}

/** How a source is heard; one that is not listed as the rules have it. */
export function sourceOf(row, id) {
  const listed = row.sources.get(id);
  if (listed) return { ...listed, listed: true };
  return { level: row.exclusive ? 0 : LIMITS.level, duckOthers: false, listed: false };
}

/** Whether a row already says what an edit says. */
export function covers(row, key, value) {
  if (key === "exclusive") return row.exclusive === value;
  if (key === "ducking") return sameFields(row.ducking, value);
  return sameFields(row.sources.get(key.slice("source:".length)) ?? null, value);
}

function sameFields(one, other) {
  if (one === null || other === null) return one === other;
  return Object.keys(other).every((name) => one[name] === other[name]);
}

/** The request. Who has left is not named, and nobody ducks without ducking: either would be refused. */
export function toRequest(listener, row, isHere, clientContext) {
  const sources = [...row.sources].filter(([id]) => id !== listener && isHere(id));
  const sourceLevels = sources.map(([participant, { level, duckOthers }]) => ({
    participant,
    level,
    duckOthers: duckOthers && row.ducking !== null,
  }));
  const level = { participant: listener, exclusive: row.exclusive, sourceLevels };
  if (row.ducking !== null) level.ducking = row.ducking;
  return { clientContext, participantMixerLevels: [level] };
}

/** The edits in words, for the log. */
export function describe(edits) {
  const words = [...edits].map(([key, { value }]) => describeOne(key, value));
  return words.length > 3 ? `${words.slice(0, 3).join(", ")} and ${words.length - 3} more` : words.join(", ");
}

function describeOne(key, value) {
  if (key === "exclusive") return value ? "exclusive" : "not exclusive";
  if (key === "ducking") {
    if (value === null) return "no ducking";
    return `ducking ${value.lowerLevel}–${value.upperLevel} %, ${value.rampActive}/${value.rampInactive} ms`;
  }
  const id = quoted(key.slice("source:".length));
  if (value === null) return `${id} not listed`;
  return `${id} at ${value.level} %${value.duckOthers ? ", ducks others" : ""}`;
}

/** What is wrong with ducking as typed, by field; empty if it can be sent. */
export function duckingFaults(draft) {
  const faults = [];
  const check = (name, label, most, unit) => {
    if (!Number.isInteger(draft[name]) || draft[name] < 0 || draft[name] > most) {
      faults.push({ name, message: `${label} has to be a whole number from 0 to ${most} ${unit}.` });
    }
  };
  check("lowerLevel", "“Ducked to”", LIMITS.level, "%");
  check("upperLevel", "“Otherwise at”", LIMITS.level, "%");
  check("rampActive", "“Fade out”", LIMITS.ramp, "ms");
  check("rampInactive", "“Fade in”", LIMITS.ramp, "ms");
  if (faults.length === 0 && draft.lowerLevel > draft.upperLevel) {
    const message = `“Ducked to” (${draft.lowerLevel} %) may not be over “Otherwise at” (${draft.upperLevel} %).`;
    faults.push({ name: "lowerLevel", message });
  }
  return faults;
}
