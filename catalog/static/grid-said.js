// What the server says of a row: the element that it may be, what is wrong at its cells.

import { written } from "./cells.js";
import { ask, wait, word } from "./live.js";
import { put } from "./pick.js";

const MOST_ASKED = 3; // questions for suggestions at a time

export const said = (Base) => class extends Base {
  later(row) { (this.soon = this.soon || wait((one) => this.suggest(one), 400))(row); }
  suggest(row) {
    const name = row.querySelector("[data-suggest=element]");
    if (!name || this.waiting.includes(row)) return;
    this.waiting.push(row);
    this.next();
  }
  async next() {
    if (this.asking >= MOST_ASKED || !this.waiting.length) return;
    const row = this.waiting.shift();
    this.asking += 1;
    try { await this.propose(row); } finally { this.asking -= 1; this.next(); }
  }
  async propose(row) {
    const name = row.querySelector("[data-suggest=element]");
    const held = (column) => { const control = row.querySelector(`[data-column="${column}"] ${"input"}`); return control ? control.value.trim() : ""; };
    const asked = new URLSearchParams({ name: name.value.trim(), comment: held("comment"), column: held("column"), code_list: held("code_list") });
    const key = `${asked}|${held("element")}`;
    if (row.dataset.asked === key) return;
    row.dataset.asked = key;
    const html = name.value.trim() && !held("element") ? await ask(`/live/element?${asked}`) : "";
    if (html === null || row.dataset.asked !== key) return;
    const cell = row.querySelector("[data-column=element]") || name.closest("td");
    let place = cell.querySelector(".suggestions");
    if (!place && html.trim()) {
      place = document.createElement("div");
      place.className = "suggestions";
      place.id = `${name.id}-live`;
      cell.append(place);
      this.describe(name, place.id);
    }
    if (place) {
      place.innerHTML = html;
      for (const chip of place.querySelectorAll("button")) chip.tabIndex = -1;
      const first = place.querySelector("button");
      if (first) first.title = word("live.grid-accept");
    }
  }
  describe(control, id) {
    const describing = (control.getAttribute("aria-describedby") || "").split(" ").filter(Boolean);
    if (!describing.includes(id)) control.setAttribute("aria-describedby", [...describing, id].join(" "));
  }
  accept(row, chip = row.querySelector("[data-accept]")) {
    const target = row.querySelector("[data-column=element] input");
    if (!chip || !target) return;
    const before = target.value;
    const { accept, label } = chip.dataset;
    put(target, accept, label);
    if (this.held === target) this.before = accept;
    this.record([{ control: target, before, after: accept }]);
    row.querySelector(".suggestions").innerHTML = "";
    this.changed(target);
  }


  /* What is wrong, at its cell */
  tell(items, touched) {
    if (!this.place) return;
    for (const old of this.table.querySelectorAll(".field-errors.now")) {
      const control = this.control(old.closest("td"));
      control.removeAttribute("aria-invalid");
      old.remove();
    }
    const order = new Map();
    for (const row of this.rows()) {
      if (this.cells(row).some((cell) => written(this.control(cell)))) order.set(String(order.size), row);
    }
    for (const one of items) {
      const found = one.pointer.match(/^(\/[a-z_]+)\/([0-9]+)\/([a-z_]+)/);
      const row = found && found[1] === this.place && order.get(found[2]);
      const cell = row && row.querySelector(`[data-column="${found[3]}"]`);
      const control = this.control(cell);
      if (!control || !this.cells(row).some((other) => touched.has(this.control(other).name))) continue;
      if (row === this.current && row.contains(document.activeElement) && !written(control)) continue; // not reached yet
      const line = document.createElement("p");
      line.className = one.severity === "error" ? "field-error" : "field-warning";
      line.textContent = one.text;
      line.title = one.mend || "";
      let place = cell.querySelector(".field-errors.now");
      if (!place) {
        place = document.createElement("div");
        place.className = "field-errors now";
        place.id = `${control.id}-now`;
        cell.append(place);
        this.describe(control, place.id);
      }
      place.append(line);
      if (one.severity === "error") control.setAttribute("aria-invalid", "true");
    }
  }
};
