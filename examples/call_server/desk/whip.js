// The way into the call and out of it: an offer is posted, and the answer to it has everything (WHIP).

import { Refused, refusal } from "./api.js";
import { authorization } from "./session.js";

/** Posts an offer, with a role if one is wanted. The answer, and the path of the connection. */
export async function come(id, role, offer) {
  const headers = { "content-type": "application/sdp", ...authorization() };
  let answer;
  try {
    const options = { method: "POST", headers, body: offer, cache: "no-store", credentials: "omit" };
    const query = role === "" ? "" : `?role=${encodeURIComponent(role)}`;
    answer = await fetch(`/whip/${encodeURIComponent(id)}${query}`, options);
  } catch {
    throw new Refused(0, "The server does not answer.");
  }
  if (!answer.ok) throw refusal(answer, await answer.json().catch(() => null));
  return { sdp: await answer.text(), path: answer.headers.get("location") };
}

/** Ends a connection; also from a page that is about to go. */
export function leave(path) {
  const options = { method: "DELETE", headers: authorization(), keepalive: true, credentials: "omit" };
  // The place is free after a while if this is not heard.
  fetch(path, options).catch(() => {});
}

/** Has everybody see who is muted. The page itself sends no sound then, heard or not. */
export async function mute(path, isMuted) {
  const headers = { "content-type": "application/json", ...authorization() };
  const options = { method: "PUT", headers, body: JSON.stringify(isMuted), credentials: "omit" };
  await fetch(`${path}/muted`, options).catch(() => {});
}
