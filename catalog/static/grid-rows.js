// Rows of a table: added, taken away, moved; and the buttons for these.

import { word } from "./live.js";
import { dress } from "./pick.js";

export const rows = (Base) => class extends Base {
  made() {
    const holder = document.createElement("div");
    holder.innerHTML = this.shape.innerHTML.replace(/__N__/g, String((this.number += 1)));
    return holder.querySelector("tr");
  }
  insert(after, before = false) {
    const row = this.made();
    if (before) after.before(row); else after.after(row);
    dress(row);
    this.record([{ row, added: true, parent: row.parentElement, next: row.nextElementSibling }]);
    this.numbers();
    this.changed(null);
    return row;
  }
  remove(row) {
    const rows = this.rows();
    const at = rows.indexOf(row);
    const to = rows[at + 1] || rows[at - 1];
    const column = this.now() ? this.at(this.now()).column : 0;
    if (!to) return this.set(this.cells(row).map((cell) => [this.control(cell), ""]));
    const step = { row, parent: row.parentElement, next: row.nextElementSibling };
    row.remove();
    this.record([step]);
    this.numbers();
    this.focus(this.cells(to)[Math.max(0, column)]);
    this.changed(null);
  }
  move(by) {
    const cell = this.now();
    const { rows, row } = this.at(cell);
    const other = rows[row + by];
    if (!other) return;
    const one = cell.parentElement;
    const steps = [{ row: one, parent: one.parentElement, next: one.nextElementSibling }];
    if (by < 0) other.before(one); else other.after(one);
    steps.push({ row: one, added: true, parent: one.parentElement, next: one.nextElementSibling });
    this.record(steps);
    this.numbers();
    this.focus(cell);
    this.changed(null);
  }
  numbers() {
    this.known = null;
    if (!this.place) return;
    this.rows().forEach((row, at) => {
      const head = row.querySelector("th[scope=row]");
      if (head && head.textContent !== String(at + 1)) head.textContent = String(at + 1);
    });
  }
  bar() {
    this.tools = document.createElement("div");
    this.tools.className = "grid-tools";
    this.tools.setAttribute("role", "toolbar");
    this.tools.setAttribute("aria-label", word("live.grid-tools"));
    const acts = this.shape ? ["above", "below", "gone", "up", "down", "undo", "redo"] : ["undo", "redo"];
    for (const act of acts) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "plain";
      button.dataset.tool = act;
      button.textContent = word(`live.grid-${act}`);
      this.tools.append(button);
    }
    const hint = document.createElement("span");
    hint.className = "dim";
    hint.textContent = word("live.grid-keys");
    this.tools.append(hint);
    const region = this.table.closest(".scroll");
    (region || this.table).before(this.tools);
    if (region && this.place) region.classList.add("grid-region");
    this.tools.addEventListener("mousedown", (event) => event.preventDefault()); // the cell keeps the focus
    this.tools.addEventListener("click", (event) => { const tool = event.target.dataset.tool; if (tool) this.tool(tool); });
    const field = this.table.closest("fieldset");
    const add = field && field.querySelector(":scope > [data-add]");
    if (add) {
      add.addEventListener("click", (event) => {
        event.preventDefault();
        const rows = this.rows();
        this.focus(this.cells(this.insert(rows[rows.length - 1]))[0]);
      });
    }
    this.buttons();
  }
  tool(name) {
    const rows = this.rows();
    const cell = this.now() || (this.held && this.held.isConnected ? this.cell(this.held) : null) || this.cells(rows[rows.length - 1])[0];
    if (!this.now()) this.focus(cell);
    const row = cell.parentElement;
    if (name === "above" || name === "below") this.focus(this.cells(this.insert(row, name === "above"))[this.at(cell).column]);
    else if (name === "gone") this.remove(row);
    else if (name === "up" || name === "down") this.move(name === "up" ? -1 : 1);
    else this[name]();
  }
  buttons() {
    for (const [name, list] of [["undo", this.done], ["redo", this.undone]]) {
      const button = this.tools && this.tools.querySelector(`[data-tool=${name}]`);
      if (button) button.disabled = !list.length;
    }
  }
  click(event) {
    const gone = event.target.closest("[data-remove]");
    if (gone) { event.preventDefault(); this.remove(gone.closest("tr")); }
    const chip = event.target.closest("[data-accept]");
    if (chip) this.accept(chip.closest("tr"), chip);
  }
};
