// The token: from the link or typed in, kept for this tab only, and never left in the address bar.

const KEPT_AS = "mixminus.desk.token";
const PROTOCOL = "mixminus.desk";

/** The token of this tab, or null: a server may ask for none. */
export function token() {
  return sessionStorage.getItem(KEPT_AS);
}

export function keepToken(value) {
  sessionStorage.setItem(KEPT_AS, value);
}

export function forgetToken() {
  sessionStorage.removeItem(KEPT_AS);
}

/** Takes `#token=…` out of the address. Whether there was one. */
export function takeTokenFromAddress() {
  const found = /^#token=(.*)$/s.exec(location.hash);
  if (!found) return false;
  history.replaceState(null, "", location.pathname + location.search);
  const value = decoded(found[1]);
  if (isToken(value)) keepToken(value);
  else forgetToken();
  return true;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether a header can carry it: printable ASCII without spaces. */
export function isToken(value) {
  return /^[!-~]+$/.test(value);
}

/** The header of a request; none for a server that asks for no token. */
export function authorization() {
  const value = token();
  return value === null ? {} : { authorization: `Bearer ${value}` };
}

/** What a socket offers: a browser cannot give it headers, so the token goes along as a subprotocol. */
export function subprotocols() {
  const value = token();
  return value === null ? [PROTOCOL] : [PROTOCOL, `bearer.${base64url(value)}`];
}

function base64url(text) {
  const bytes = new TextEncoder().encode(text);
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
