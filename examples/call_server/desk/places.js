// Under which names one can join: those of listeners whose place is free, and those that nobody has. Pure: no page, no network.

const LONGEST_BYTES = 256;

/** The listeners whose place nobody has, and those who have lost their connection. */
export function placesIn(participants) {
  return participants.filter(({ connection, sends }) => (connection ? connection.stage === "lost" : !sends)).map(({ id }) => id);
}

/** Whether somebody is connected under this id. */
export function takenIn(participants, id) {
  const connection = participants.find((participant) => participant.id === id)?.connection ?? null;
  return connection !== null && connection.stage !== "lost";
}

/** Why one cannot join under this id, or null. */
export function nameFault(participants, id) {
  if (id === "") return "Say by which name you join.";
  if (id === "." || id === "..") return "Dots alone are no name.";
  if (new TextEncoder().encode(id).length > LONGEST_BYTES) return `A name has at most ${LONGEST_BYTES} bytes.`;
  const holder = participants.find((participant) => participant.id === id);
  if (holder?.sends && !holder.connection) return `“${id}” is a recording of this call: choose another name.`;
  return null;
}
