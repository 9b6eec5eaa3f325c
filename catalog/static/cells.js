// Values of cells as people write them: blocks from Excel, labels instead of codes, words for yes and no.

const YES = new Set(["true", "是", "有", "对", "√", "✓", "y", "yes", "1", "t"]);
const NO = new Set(["false", "否", "无", "不是", "×", "✗", "n", "no", "0", "f"]);
const bare = (text) => text.normalize("NFKC").trim().toLowerCase();

/** Lines of cells from tab-separated text; a quoted cell may hold tabs, line breaks and doubled quotes. */
export function block(text) {
  const lines = [];
  let line = [];
  let cell = "";
  let quoted = false;
  const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let at = 0; at < source.length; at += 1) {
    const one = source[at];
    if (quoted) {
      if (one !== '"') cell += one;
      else if (source[at + 1] === '"') { cell += '"'; at += 1; }
      else quoted = false;
    } else if (one === '"' && cell === "") quoted = true;
    else if (one === "\t") { line.push(cell); cell = ""; }
    else if (one === "\n") { lines.push([...line, cell]); line = []; cell = ""; }
    else cell += one;
  }
  lines.push([...line, cell]);
  return lines;
}

/** The value of a control as its form sends it. */
export function written(control) {
  if (control.multiple) return [...control.selectedOptions].map((one) => one.value).join("、");
  return control.type === "checkbox" ? String(control.checked) : control.value;
}

/** The same as a person reads it: the label of a choice. */
export function plain(control) {
  if (control.tagName !== "SELECT") return written(control);
  return [...control.selectedOptions].map((one) => (one.value ? label(one) : "")).join("、");
}

const label = (option) => option.textContent.split(" · ")[0].trim();

/** Puts a text into a control; false where it is none of the choices, and then the control stays as it was. */
export function fits(control, text) {
  if (control.type === "checkbox") {
    control.checked = YES.has(bare(text));
    return true;
  }
  if (control.tagName !== "SELECT") {
    control.value = control.tagName === "TEXTAREA" ? text : text.replace(/\s*\n\s*/g, " ").trim();
    return control.type !== "date" || !text || control.value === text;
  }
  const wanted = control.multiple ? text.split(/[、,，;；\n]/).map(bare).filter(Boolean) : [bare(text)];
  const found = wanted.map((one) => choice(control, one));
  if (found.includes(undefined)) return false;
  if (control.multiple) for (const option of control.options) option.selected = found.includes(option);
  else control.value = found[0].value;
  return true;
}

function choice(control, wanted) {
  const options = [...control.options];
  if (!wanted) return options.find((one) => !one.value);
  const exact = options.find((one) => bare(one.value) === wanted || bare(label(one)) === wanted || bare(one.textContent) === wanted);
  if (exact) return exact;
  const truth = YES.has(wanted) ? "true" : NO.has(wanted) ? "false" : "";
  const meant = truth && options.find((one) => one.value === truth);
  if (meant) return meant;
  const near = options.filter((one) => one.value && (bare(label(one)).startsWith(wanted) || wanted === bare(`${one.value}${label(one)}`) || wanted === bare(`${one.value} ${label(one)}`)));
  if (near.length === 1) return near[0];
  const typed = options.find((one) => one.value && bare(label(one)) === `${wanted}型`); // 日期 is 日期型
  if (typed) return typed;
  const stems = options.filter((one) => one.value && /.型$/.test(label(one)) && wanted.startsWith(bare(label(one)).slice(0, -1)));
  return stems.sort((a, b) => label(b).length - label(a).length)[0]; // 字符串型 is 字符型
}

/** The titles of the columns that have controls, in order, without what is said about them. */
export function heads(table) {
  const row = [...table.tBodies].flatMap((body) => [...body.rows]).find((one) => one.querySelector("td input, td select, td textarea"));
  const titles = [...table.tHead.rows[0].cells];
  if (!row) return [];
  return [...row.cells].flatMap((cell, at) => {
    if (cell.tagName !== "TD" || !cell.querySelector("input:not([type=hidden]), select, textarea")) return [];
    const copy = titles[at].cloneNode(true);
    for (const duty of copy.querySelectorAll(".duty, .hush")) duty.remove();
    return [copy.textContent.trim()];
  });
}
