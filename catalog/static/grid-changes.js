// Every change of a table can be taken back, and made again.

import { fits, written } from "./cells.js";
import { word } from "./live.js";

export const changes = (Base) => class extends Base {
  typed(event) {
    const cell = this.cell(event.target);
    if (!cell) return;
    if (event.isTrusted) { this.editing = true; this.mark(null); }
    if (cell.dataset.unknown !== undefined) this.unknown(cell, null);
    this.later(cell.parentElement);
  }
  noted(event) { if (this.cell(event.target)) this.commit(event.target); }
  commit(control = this.held) {
    if (!control || control !== this.held) return;
    const value = written(control);
    if (value !== this.before) this.record([{ control, before: this.before, after: value }]);
    this.before = value;
  }
  record(steps) { this.done.push(steps); this.undone = []; if (this.done.length > 500) this.done.shift(); this.buttons(); }

  set(pairs, rowsAdded = []) {
    const steps = rowsAdded.map((row) => ({ row, added: true, parent: row.parentElement, next: row.nextElementSibling }));
    for (const [control, value] of pairs) {
      const before = written(control);
      const known = fits(control, value);
      const cell = this.cell(control);
      this.unknown(cell, known ? null : value);
      if (written(control) !== before) steps.push({ control, before, after: written(control) });
      this.told(control);
    }
    if (steps.length) this.record(steps);
    this.after(pairs.map(([control]) => control));
  }
  unknown(cell, value) {
    const old = cell.querySelector(".unknown");
    if (old) old.remove();
    if (value === null) { delete cell.dataset.unknown; return; }
    cell.dataset.unknown = value;
    const said = document.createElement("p");
    said.className = "unknown";
    said.id = `${this.control(cell).id}-unknown`;
    said.textContent = word("live.grid-unknown", { value });
    cell.append(said);
    this.describe(this.control(cell), said.id);
  }
  told(control) {
    const shown = control.id && document.getElementById(`${control.id}-chosen`);
    if (shown) shown.textContent = "";
    if (control === this.held) this.before = written(control);
  }
  after(controls) {
    const rows = new Set(controls.map((control) => control.closest("tr")));
    for (const row of rows) this.seen.observe(row); // suggestions for hundreds of rows wait until they are seen
    this.numbers();
    this.changed(controls[0] || null);
    for (const control of controls.slice(1)) this.changed(control);
    this.buttons();
  }
  replay(steps, back) {
    const controls = [];
    for (const step of back ? [...steps].reverse() : steps) {
      if (step.control) { fits(step.control, back ? step.before : step.after); this.told(step.control); controls.push(step.control); }
      else if (Boolean(step.added) === back) { step.parent = step.row.parentElement; step.next = step.row.nextElementSibling; step.row.remove(); }
      else step.parent.insertBefore(step.row, step.next && step.next.parentElement === step.parent ? step.next : null);
    }
    const first = controls.find((control) => control.isConnected);
    this.mark(null);
    if (first) this.focus(this.cell(first));
    this.after(controls.filter((control) => control.isConnected));
  }
  undo() { this.commit(); const steps = this.done.pop(); if (steps) { this.undone.push(steps); this.replay(steps, true); } }
  redo() { const steps = this.undone.pop(); if (steps) { this.done.push(steps); this.replay(steps, false); } }
};
