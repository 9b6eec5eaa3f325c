// A table of real inputs that behaves as a spreadsheet: moves, ranges, blocks from Excel, undo, rows, suggestions.
// One set of listeners a table; a cell is a td with a control, and knows nothing.

import { changes } from "./grid-changes.js";
import { clipboard } from "./grid-clipboard.js";
import { keys } from "./grid-keys.js";
import { rows } from "./grid-rows.js";
import { said } from "./grid-said.js";
import { selection } from "./grid-selection.js";

class Table {
  constructor(table) {
    this.table = table;
    this.place = table.dataset.grid;
    this.shape = this.place && document.querySelector(`template[data-line="${CSS.escape(this.place)}"]`);
    this.done = [];
    this.undone = [];
    this.editing = false;
    this.before = ""; // what the cell held when it was entered
    this.anchor = null;
    this.range = null;
    this.number = 100_000;
    this.waiting = [];
    this.asking = 0;
    this.changed = () => {};
    this.seen = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        this.seen.unobserve(target);
        this.suggest(target);
      }
    });
  }
}

class Grid extends said(rows(clipboard(changes(keys(selection(Table)))))) {
  start(changed) {
    if (changed) this.changed = changed;
    const on = (name, act) => this.table.addEventListener(name, act.bind(this));
    on("focusin", this.enter);
    on("focusout", this.leave);
    on("keydown", this.key);
    on("mousedown", this.press);
    on("mouseover", this.drag);
    on("dblclick", () => { this.editing = true; });
    on("input", this.typed);
    on("change", this.noted);
    on("click", this.click);
    for (const name of ["copy", "cut", "paste"]) on(name, this[name]);
    document.addEventListener("mouseup", () => { this.dragging = false; });
    this.table.classList.add("live");
    this.bar();
    this.numbers();
    this.fix();
  }

  /* Columns keep their width: a table of hundreds of rows is laid out by its head alone */
  fix() {
    if (!this.place || !this.table.offsetWidth) return;
    const heads = [...this.table.tHead.rows[0].cells];
    const widths = heads.map((head) => head.offsetWidth);
    heads.forEach((head, at) => { head.style.width = `${widths[at]}px`; });
    this.table.style.width = `${widths.reduce((sum, one) => sum + one, 0)}px`;
    this.table.style.tableLayout = "fixed";
  }
}

export const grids = [...document.querySelectorAll("table[data-grid]")].map((table) => new Grid(table));
