// How long to wait before the next try: longer after each failure, and not for everybody at the same time.

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/** The pause after this many failures in a row. */
export function pauseAfter(failures) {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
  return Math.round(pause * (0.8 + 0.4 * Math.random()));
}
