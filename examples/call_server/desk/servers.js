// The other servers of a call that is on several: how the link to each is. Nothing is shown of a server that is alone.

import { byId, instance, keepRows, setData, setText } from "./dom.js";

const PARTS = { name: ".name", health: ".health", figures: ".figures" };

export class Servers {
  #list = byId("servers");
  #rows = new Map();

  show({ cluster }) {
    byId("servers-panel").hidden = cluster === null;
    if (cluster === null) return;
    setText(byId("servers-own"), cluster.node);
    const links = cluster.links.map((link) => ({ ...link, id: link.node }));
    keepRows(this.#list, this.#rows, links, (id) => make(id));
    for (const link of links) update(this.#rows.get(link.id), link);
    byId("no-servers").hidden = links.length > 0;
  }
}

function make(id) {
  const row = instance("server-template", PARTS);
  row.name.textContent = id;
  return row;
}

function update(row, link) {
  setData(row.root, "health", link.health);
  setText(row.health, healthWords(link));
  setText(row.figures, figures(link));
}

function healthWords({ health, silentMs, participants }) {
  if (health === "lost") return `lost, nothing for ${(silentMs / 1000).toFixed(0)} s`;
  if (health === "otherFormat") return "its mixer has another rate, or other channels";
  if (health === "joining") return "joining";
  return `${participants} participant${participants === 1 ? "" : "s"}`;
}

function figures({ ticks, lostTicks, lateTicks, waitMs, targetMs }) {
  if (ticks === 0) return "";
  const lost = (100 * lostTicks) / (ticks + lostTicks);
  return `waits ${waitMs.toFixed(0)} of ${targetMs.toFixed(0)} ms · lost ${lost.toFixed(1)} % · late ${lateTicks}`;
}
