// Which cell of a table one is in, and which are marked; by mouse and from cell to cell.

import { written } from "./cells.js";

/** What can be filled in. */
export const CONTROL = "input:not([type=hidden]):not([disabled]), select, textarea";

export const selection = (Base) => class extends Base {
  rows() { // kept until a row comes, goes or moves
    if (!this.known || this.count !== this.table.rows.length) {
      this.count = this.table.rows.length;
      this.known = [...this.table.tBodies].flatMap((body) => [...body.rows]).filter((row) => row.querySelector(CONTROL));
    }
    return [...this.known];
  }
  cells(row) { return [...row.cells].filter((cell) => cell.querySelector(CONTROL)); }
  control(cell) { return cell && cell.querySelector(CONTROL); }
  cell(target) { const cell = target && target.closest && target.closest("td"); return cell && this.table.contains(cell) && this.control(cell) ? cell : null; }
  now() { return this.cell(document.activeElement); }
  at(cell) { const rows = this.rows(); const row = rows.indexOf(cell.parentElement); return { rows, row, column: this.cells(cell.parentElement).indexOf(cell) }; }

  focus(cell, { keep = false } = {}) {
    const control = this.control(cell);
    if (!control) return;
    control.focus({ preventScroll: true });
    if (control.select && control.type !== "date") control.select();
    this.editing = false;
    if (!keep) { this.anchor = cell; this.mark(null); }
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  step(down, right, wide) {
    const from = wide && this.tip ? this.tip : this.now();
    if (!from) return;
    const { rows, row, column } = this.at(from);
    const to = rows[Math.max(0, Math.min(rows.length - 1, row + down))];
    const cells = this.cells(to);
    const cell = cells[Math.max(0, Math.min(cells.length - 1, column + right))];
    if (wide) this.mark(cell);
    else this.focus(cell);
  }

  mark(tip, seen = true) {
    for (const cell of this.range || []) cell.classList.remove("in");
    this.tip = tip;
    this.range = null;
    if (!tip || !this.anchor) return;
    const a = this.at(this.anchor);
    const b = this.at(tip);
    this.range = [];
    for (let row = Math.min(a.row, b.row); row <= Math.max(a.row, b.row); row += 1) {
      this.range.push(...this.cells(a.rows[row]).slice(Math.min(a.column, b.column), Math.max(a.column, b.column) + 1));
    }
    for (const cell of this.range) cell.classList.add("in");
    if (seen) tip.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  chosen() { const now = this.now(); return this.range || (now ? [now] : []); }

  /* Where one is */
  enter(event) {
    const cell = this.cell(event.target);
    if (!cell || event.target !== this.control(cell)) return;
    this.before = written(event.target);
    this.held = event.target;
    if (!this.range) this.anchor = cell;
    if (!this.pressed && event.target.select && event.target.type === "text") event.target.select();
    this.editing = Boolean(this.pressed);
    cell.parentElement.classList.add("here");
    const row = cell.parentElement;
    if (row !== this.current) {
      this.current = row;
      this.suggest(row);
    }
  }
  leave(event) {
    const cell = this.cell(event.target);
    if (!cell) return;
    this.editing = false;
    cell.parentElement.classList.remove("here");
  }
  press(event) {
    const cell = this.cell(event.target);
    const control = this.control(cell);
    this.pressed = false;
    if (!cell || event.button || !event.target.matches(CONTROL)) return;
    if (event.shiftKey && this.anchor) { event.preventDefault(); this.mark(cell); return; }
    this.mark(null);
    if (document.activeElement === control || control.tagName === "SELECT" || event.sourceCapabilities && event.sourceCapabilities.firesTouchEvents) {
      this.editing = true;
      return;
    }
    event.preventDefault();
    this.dragging = true;
    this.focus(cell);
  }
  drag(event) {
    if (!this.dragging || !(event.buttons & 1)) return;
    const cell = this.cell(event.target);
    if (cell && cell !== this.now()) this.mark(cell);
    else if (cell && this.range) this.mark(null);
  }
};
