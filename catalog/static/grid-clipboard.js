// Blocks of cells from and for Excel.

import { block, heads, plain } from "./cells.js";
import { dress } from "./pick.js";

export const clipboard = (Base) => class extends Base {
  copy(event) {
    const cell = this.now();
    if (!cell || (this.editing && !this.range)) return;
    event.preventDefault();
    const lines = new Map();
    for (const one of this.chosen()) {
      const line = lines.get(one.parentElement) || [];
      lines.set(one.parentElement, [...line, plain(this.control(one))]);
    }
    event.clipboardData.setData("text/plain", [...lines.values()].map((line) => line.map((text) => (/[\t\n"]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text)).join("\t")).join("\n"));
  }
  cut(event) {
    if (!this.now() || (this.editing && !this.range)) return;
    this.copy(event);
    this.set(this.chosen().map((one) => [this.control(one), ""]));
  }
  paste(event) {
    const text = event.clipboardData.getData("text/plain");
    const cell = this.now();
    if (!cell || (this.editing && !/[\t\n]/.test(text.replace(/\r?\n$/, "")))) return;
    event.preventDefault();
    this.fill(block(text), this.range ? this.range[0] : cell);
  }
  fill(lines, cell) {
    const { rows, row, column } = this.at(cell);
    const titles = heads(this.table);
    let columns = null;
    const known = (lines[0] || []).map((text) => titles.findIndex((title) => title === text.trim() || title === text.trim().replace(/[（(].*$/, "")));
    if (lines.length > 1 && known.length > 1 && known.every((at, n) => at >= 0 || !lines[0][n].trim())) {
      columns = known;
      lines = lines.slice(1);
    }
    if (lines.length === 1 && lines[0].length === 1 && this.range) return this.set(this.range.map((one) => [this.control(one), lines[0][0]]));
    const added = [];
    while (rows.length < row + lines.length && this.shape) {
      const made = this.made();
      rows.push(made);
      added.push(made);
    }
    if (added.length) rows[rows.length - added.length - 1].after(...added);
    const pairs = [];
    lines.slice(0, rows.length - row).forEach((line, down) => {
      const cells = this.cells(rows[row + down]);
      line.forEach((text, right) => {
        const at = columns ? columns[right] : column + right;
        if (at >= 0 && cells[at]) pairs.push([this.control(cells[at]), text]);
      });
    });
    added.forEach((one) => dress(one));
    this.set(pairs, added);
    const last = pairs.length ? this.cell(pairs[pairs.length - 1][0]) : null;
    this.anchor = columns ? this.cell(pairs[0][0]) : cell;
    if (last && last !== cell) this.mark(last, false);
  }
};
