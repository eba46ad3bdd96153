// Small changes to the page. Everything goes in as text, and only if it is new: the state comes ten times a second.

const FLOOR_DB = -60;

export const byId = (id) => document.getElementById(id);

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setData(element, name, value) {
  const text = String(value);
  if (element.dataset[name] !== text) element.dataset[name] = text;
}

export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** A slider's place, its fill and what it is called out as. */
export function setSlider(input, value, words) {
  if (input.valueAsNumber !== value) input.value = value;
  input.style.setProperty("--value", `${value}%`);
  setAttribute(input, "aria-valuetext", words);
}

/** A new element of a template; `parts` finds the elements that change, by selector. */
export function instance(templateId, parts) {
  const root = byId(templateId).content.firstElementChild.cloneNode(true);
  const found = Object.entries(parts).map(([name, selector]) => [name, root.querySelector(selector)]);
  return { root, ...Object.fromEntries(found) };
}

/** A level in words; null is silence. */
export function decibels(level) {
  if (level === null || level === undefined || level <= -120) return "silent";
  return `${level.toFixed(level > -10 ? 1 : 0).replace("-", "−")} dBFS`;
}

/** How much of a meter a level fills, 0 to 1. */
export function share(level) {
  const db = Math.min(Math.max(level ?? FLOOR_DB, FLOOR_DB), 0);
  return 1 - db / FLOOR_DB;
}

export function fill(element, part) {
  element.style.setProperty("--part", part.toFixed(3));
}

/** A meter of levels with its number. */
export function setMeter(meter, number, level) {
  fill(meter, share(level));
  setAttribute(meter, "aria-valuenow", String(Math.round(Math.max(level ?? FLOOR_DB, FLOOR_DB))));
  const words = decibels(level);
  setAttribute(meter, "aria-valuetext", words);
  setText(number, words);
}

/** Keeps a list's children those of `items`, in their order, each made once: `rows` maps ids to what `make` gave. */
export function keepRows(list, rows, items, make) {
  const here = new Set(items.map(({ id }) => id));
  for (const [id, row] of rows) {
    if (!here.has(id)) {
      row.root.remove();
      rows.delete(id);
    }
  }
  items.forEach((item, index) => {
    if (!rows.has(item.id)) rows.set(item.id, make(item.id));
    const { root } = rows.get(item.id);
    if (list.children[index] !== root) list.insertBefore(root, list.children[index] ?? null);
  });
}
