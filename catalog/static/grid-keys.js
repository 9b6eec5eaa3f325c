// What the keys of a spreadsheet do in a table of inputs.

import { fits, written } from "./cells.js";

export const keys = (Base) => class extends Base {
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
};
