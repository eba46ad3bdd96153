// Whether a route leads from a source to a listener, and why: as the mixer has it, from what the state tells of both. Pure: no page, no network.

/** An id within a sentence: cut if it is long, and kept from turning the words beside it around. */
export function quoted(id) {
  const letters = [...id];
  const text = letters.length > 40 ? `${letters.slice(0, 40).join("")}…` : id;
  return `\u2068${text}\u2069`;
}

/** The server that a participant is at, if it is another one than the desk's; otherwise null. */
export const elsewhereOf = ({ node }, { cluster }) => (cluster === null || node === cluster.node ? null : (node ?? "none"));

/** The role of a participant, or null. */
export const roleOf = ({ routing }) => routing?.role ?? null;

/** All roles of a table, those that are only heard too, in their order. */
export const rolesIn = (table) => [...new Set([...Object.keys(table), ...Object.values(table).flat()])].sort();

/** Whether a route leads from `source` to `listener`, and what it is by, or why there is none: beside the name of the source. */
export function routeOf(listener, source, { groups, roles }) {
  if (source.onHold) return none("on hold");
  if (listener.onHold) return listener.holdMusic.includes(source.id) ? leads("hold music") : none(`${quoted(listener.id)} is on hold`);
  const group = groups.find(({ sources, receivers }) => sources.includes(source.id) && receivers.includes(listener.id));
  if (group) return leads(`private group ${quoted(group.id)}`);
  if (source.plays && source.routing === "apart") return none("for those on hold");
  if (source.routing === "apart") return none("apart");
  if (listener.routing === "apart") return none(`${quoted(listener.id)} is apart`);
  return byClasses(listener, source, roles);
}

function byClasses(listener, source, roles) {
  const [hearing, heard] = [roleOf(listener), roleOf(source)];
  if (hearing === null && heard === null) return leads("default group");
  if (heard === null) return none("it has no role");
  if (hearing === null) return none(`${quoted(listener.id)} has no role`);
  const words = (verb) => `${quoted(hearing)} ${verb} ${quoted(heard)}`;
  return (roles[hearing] ?? []).includes(heard) ? leads(words("hears")) : none(words("does not hear"));
}

const leads = (by) => ({ leads: true, words: by });
const none = (why) => ({ leads: false, words: `no route: ${why}` });

/** The group in which `source` alone is heard by `receiver` alone, or null. */
export function groupOfTwo(groups, source, receiver) {
  const is = (ids, id) => ids.length === 1 && ids[0] === id;
  return groups.find(({ sources, receivers }) => is(sources, source) && is(receivers, receiver)) ?? null;
}
