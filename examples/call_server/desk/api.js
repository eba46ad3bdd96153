// The API of the service: one request, its operation until it has ended, and what refuses in words.

import { authorization } from "./session.js";

const FOLLOW_FOR_MS = 20_000;
/** How often an operation is looked at that may last: a prompt is heard to its end. */
const SELDOM_MS = 500;
const LONGEST_WAIT_MS = 60_000;

/** A request that was refused, or not answered (`status` 0). */
export class Refused extends Error {
  constructor(status, message, details = [], retryAfterMs = 0) {
    super(message);
    Object.assign(this, { status, details, retryAfterMs });
  }

  /** Whether the same request may be sent again later. */
  get isForNow() {
    return this.status === 429 || this.status === 503;
  }

  get isOfTheToken() {
    return this.status === 401 || this.status === 403;
  }
}

const path = (call, ...rest) => ["/communications/calls", ...[call, ...rest].map(encodeURIComponent)].join("/");
export const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));

/** Sends new levels. The operation, as it stands. */
export async function configure(call, request) {
  return post(call, ["participants", "configureMixer"], request);
}

/** Sends a request to what these segments of a path lead to, below the call. What it answers. */
export async function post(call, segments, body) {
  const headers = { "content-type": "application/json" };
  return ask(path(call, ...segments), { method: "POST", headers, body: JSON.stringify(body) });
}

/** Ends what these segments of a path lead to. */
export async function remove(call, segments) {
  return ask(path(call, ...segments), { method: "DELETE" });
}

/** Looks at an operation until it has ended; ever more seldom if it may last. */
export async function follow(call, operation, forMs = FOLLOW_FOR_MS) {
  const deadline = performance.now() + forMs;
  const seldom = forMs > FOLLOW_FOR_MS ? SELDOM_MS : 150;
  let wait = 15;
  while (operation.status !== "completed" && operation.status !== "failed") {
    if (performance.now() > deadline) throw new Refused(0, "The operation did not end in 20 s.");
    await pause(wait);
    wait = Math.min(wait * 2, seldom);
    try {
      operation = await ask(path(call, "operations", operation.id));
    } catch (refused) {
      if (!refused.isForNow) throw refused;
      wait = refused.retryAfterMs;
    }
  }
  return operation;
}

/** Why a socket may not have come up: "refused" if the token is, "away" if nobody answers, "up" for all else. */
export async function probe() {
  try {
    await ask(path("-", "participants"));
    return { is: "up" };
  } catch (refused) {
    if (refused.isOfTheToken) return { is: "refused", message: refused.message };
    return { is: refused.status === 0 ? "away" : "up" };
  }
}

async function ask(url, options = {}) {
  const headers = { ...options.headers, ...authorization() };
  let answer;
  try {
    answer = await fetch(url, { ...options, headers, cache: "no-store", credentials: "omit" });
  } catch {
    throw new Refused(0, "The server does not answer.");
  }
  if (answer.status === 204) return null;
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw refusal(answer, body);
  if (body === null) throw new Refused(answer.status, "The server's answer is no JSON.");
  return body;
}

/** Why a request was refused, from its answer and the body of it, or null. */
export function refusal(answer, body) {
  const error = body?.error ?? {};
  const details = Array.isArray(error.details) ? error.details : [];
  const seconds = Number(answer.headers.get("retry-after"));
  const wait = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 1000;
  const message = String(error.message ?? `The server answered ${answer.status}.`);
  return new Refused(answer.status, message, details, Math.min(wait, LONGEST_WAIT_MS));
}
