// The network between somebody and the server, in words. Pure: no page, no network.

/** From the state of a connection; empty for who has none. */
export function networkWords(connection) {
  if (!connection) return "";
  if (connection.stage === "connecting") return "connecting…";
  if (connection.stage === "lost") return "connection lost, the place is kept";
  const { roundTripMs, lossIn, lossOut, jitterInMs, jitterOutMs } = connection;
  const words = [
    figure("round trip", [roundTripMs], milliseconds, "ms"),
    figure("lost", [lossIn, lossOut], percent, "%"),
    figure("jitter", [jitterInMs, jitterOutMs], milliseconds, "ms"),
  ];
  return words.filter((word) => word !== "").join(" · ") || "connected";
}

const milliseconds = (value) => value.toFixed(value < 10 ? 1 : 0);
const percent = (part) => (part * 100).toFixed(1);

/** Two figures are those of what comes from a person, and of what goes to it. */
function figure(name, values, write, unit) {
  if (values.every((value) => value === null || value === undefined)) return "";
  const numbers = values.map((value) => (value === null || value === undefined ? "–" : write(value))).join("/");
  return `${name} ${numbers} ${unit}`.replaceAll(" ", "\u00a0");
}
