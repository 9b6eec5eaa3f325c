// A table of real inputs that behaves as a spreadsheet: moves, ranges, blocks from Excel, undo, rows, suggestions.
// One set of listeners a table; a cell is a td with a control, and knows nothing.

import { ask, wait, word } from "./live.js";
import { dress, put } from "./pick.js";
import { block, fits, heads, plain, written } from "./cells.js";

const CONTROL = "input:not([type=hidden]):not([disabled]), select, textarea";
const MOST_ASKED = 3; // questions for suggestions at a time

class Grid {
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

  /* Cells */
  rows() { return [...this.table.tBodies].flatMap((body) => [...body.rows]).filter((row) => this.cells(row).length); }
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

  key(event) {
    const cell = this.now();
    if (!cell || event.isComposing || event.defaultPrevented || event.target !== this.control(cell)) return;
    if (event.target.getAttribute("aria-expanded") === "true" && ["ArrowUp", "ArrowDown", "Enter", "Escape"].includes(event.key)) return;
    const act = this.keyed(event, cell);
    if (act) { event.preventDefault(); act(); }
  }
  keyed(event, cell) {
    const control = event.target;
    const command = event.ctrlKey || event.metaKey;
    const text = control.matches("input[type=text], textarea");
    const key = event.key;
    if (command && !event.altKey && key.toLowerCase() === "z" && !(this.editing && written(control) !== this.before)) return () => (event.shiftKey ? this.redo() : this.undo());
    if (command && !event.altKey && key.toLowerCase() === "y") return () => this.redo();
    if (command && !this.editing && key.toLowerCase() === "a") return () => { const rows = this.rows(); const last = this.cells(rows[rows.length - 1]); this.anchor = this.cells(rows[0])[0]; this.mark(last[last.length - 1]); };
    if (event.altKey && key === "Enter") return () => this.accept(cell.parentElement);
    if (event.altKey && event.shiftKey && (key === "ArrowUp" || key === "ArrowDown")) return () => this.move(key === "ArrowUp" ? -1 : 1);
    if (event.altKey) return null;
    if (key === "F2") return () => { this.editing = true; if (text) control.setSelectionRange(control.value.length, control.value.length); };
    if (key === "Escape") {
      return () => {
        if (this.range) this.mark(null);
        else if (written(control) !== this.before) { fits(control, this.before); this.told(control); control.dispatchEvent(new Event("input", { bubbles: true })); }
        this.editing = false;
        if (text) control.select();
      };
    }
    if (key === "Enter" && !command && !(event.shiftKey && control.tagName === "TEXTAREA" && this.editing)) return () => this.down(event.shiftKey ? -1 : 1);
    const arrow = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
    if (arrow) {
      if (event.shiftKey && !this.editing) return () => this.step(arrow[0], arrow[1], true);
      if (this.editing && text && !event.shiftKey) {
        const start = control.selectionStart === 0 && control.selectionEnd === 0;
        const end = control.selectionStart === control.value.length;
        const lines = control.tagName === "TEXTAREA";
        if (key === "ArrowLeft" ? !start : key === "ArrowRight" ? !end : lines && (arrow[0] < 0 ? !start : !end)) return null;
      } else if (this.editing) return null;
      const far = command ? 100_000 : 1;
      return () => this.step(arrow[0] * far, arrow[1] * far, false);
    }
    if ((key === "Delete" || (key === "Backspace" && this.range)) && !this.editing) return () => this.set(this.chosen().map((one) => [this.control(one), ""]));
    if (!this.editing && key === "Home") return () => this.step(command ? -100_000 : 0, -100_000, false);
    if (!this.editing && key === "End") return () => this.step(command ? 100_000 : 0, 100_000, false);
    return null;
  }
  down(by) {
    const { rows, row } = this.at(this.now());
    this.commit();
    if (by > 0 && row === rows.length - 1 && this.shape && this.cells(rows[row]).some((cell) => written(this.control(cell)))) this.insert(rows[row]);
    this.step(by, 0, false);
  }

  /* Changes; every one of them can be taken back */
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

  /* The clipboard */
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

  /* Rows */
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

  /* The element that a row may be */
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
}

export const grids = [...document.querySelectorAll("table[data-grid]")].map((table) => new Grid(table));
