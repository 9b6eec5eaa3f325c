// A form beyond what it is without a script: pickers, hints while one types, drafts that save themselves, rows.

import { ask, learn, wait, word } from "./live.js";
import { dress } from "./pick.js";
import { grids } from "./grid.js";

const SAVE_AFTER = 4000;
const form = document.querySelector("form[data-form]");
const csrf = () => form.elements.csrf.value;
const by = (id) => document.getElementById(id);
const touched = new Set();

/* Drafts */
const status = by("draft-said");
let changed = 0; // counts changes; what was saved is the count of then
let saved = 0;
let saving = null;
let leaving = false;
let apart = false; // somebody else saved the same draft

function body() {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") fields.append(name, value);
  return fields;
}

async function keep(more = {}) {
  if (saving) await saving;
  if (apart || changed === saved || !form.dataset.draftHref) return;
  const now = changed;
  const work = fetch(form.dataset.draftHref, {
    method: "POST", body: body(), credentials: "same-origin", ...more,
    headers: { "x-csrf": csrf(), accept: "application/json" },
  });
  saving = work.then(async (answer) => {
    if (answer.ok) {
      const made = await answer.json();
      form.elements._draft.value = made.id;
      form.elements._mark.value = made.mark;
      saved = now;
      const at = new Date().toTimeString().slice(0, 5);
      const link = document.createElement("a");
      link.href = made.href;
      link.textContent = `${made.said} ${at}`;
      status.replaceChildren(link);
    } else if (answer.status === 409) {
      apart = true;
      status.textContent = word("live.draft-moved");
    } else {
      status.textContent = word("live.draft-failed");
    }
  }).catch(() => { status.textContent = word("live.draft-failed"); }).finally(() => { saving = null; });
  await saving;
}

const keepLater = wait(keep, SAVE_AFTER);

function change(target) {
  changed += 1;
  if (target && target.name) touched.add(target.name);
  keepLater();
  checkLater();
}

/* Everything that is wrong, said only of what was touched */
async function check() {
  const found = await ask(`/live/check?kind=${form.dataset.form}`, "json", { method: "POST", body: body(), headers: { "x-csrf": csrf() } });
  if (!found) return;
  const wrong = new Map();
  for (const one of found.items) {
    if (!wrong.has(one.pointer)) wrong.set(one.pointer, []);
    wrong.get(one.pointer).push(one);
  }
  for (const name of touched) if (!/\/[0-9]+\//.test(name)) tell(name, wrong.get(name) || []);
  grids.forEach((grid) => grid.tell(found.items, touched));
}
const checkLater = wait(check, 1200);

function tell(name, found) {
  const control = by(`f${name.replace(/\//g, "-")}`);
  if (!control) return;
  let place = by(`${control.id}-now`);
  const old = by(`${control.id}-error`);
  if (old) old.hidden = true;
  if (!place) {
    if (!found.length) return mark(control, false);
    place = document.createElement("div");
    place.id = `${control.id}-now`;
    place.className = "field-errors";
    place.setAttribute("aria-live", "polite");
    const describing = control.getAttribute("aria-describedby");
    control.setAttribute("aria-describedby", describing ? `${describing} ${place.id}` : place.id);
    if (control.tagName === "FIELDSET") control.append(place);
    else (by(`${control.id}-chosen`) || control).after(place);
  }
  place.replaceChildren(...found.map((one) => {
    const line = document.createElement("p");
    line.className = one.severity === "error" ? "field-error" : "field-warning";
    line.textContent = `${one.text} ${one.mend || ""}`;
    return line;
  }));
  mark(control, found.some((one) => one.severity === "error"));
}

function mark(control, wrong) {
  if (wrong) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
  const block = control.closest(".block");
  if (block) block.classList.toggle("wrong", wrong);
}

/* Hints */
async function hint(input) {
  const value = input.value.trim();
  if (input.dataset.says === "format") {
    const place = by(`${input.id}-says`);
    const type = form.elements[input.name.replace(/[^/]*$/, "data_type")];
    const query = new URLSearchParams({ value, type: (type && type.value) || "" });
    const html = value ? await ask(`/live/format?${query}`) : "";
    if (place && html !== null && input.value.trim() === value) place.innerHTML = html;
  } else if (input.dataset.says === "likes") {
    const place = by(`${input.id}-live`);
    const department = form.elements["/department"];
    const query = new URLSearchParams({
      kind: form.dataset.form, name: value, identifier: form.dataset.identifier || "",
      department: (department && department.value) || "",
    });
    const html = value ? await ask(`/live/name?${query}`) : "";
    if (place && html !== null && input.value.trim() === value) place.innerHTML = html;
  }
}
const hintLater = wait(hint, 350);

async function domain() {
  const group = by("f-value_domain");
  if (!group) return;
  let place = by("f-value_domain-live");
  if (!place) {
    place = document.createElement("div");
    place.id = "f-value_domain-live";
    place.className = "after";
    place.setAttribute("aria-live", "polite");
    group.append(place);
  }
  const query = new URLSearchParams({ format: (form.elements["/data_format"] || {}).value || "" });
  for (const [name, value] of new FormData(form)) {
    if (name.startsWith("/value_domain/") && value) query.set(name.slice(14), value);
  }
  const html = await ask(`/live/value-domain?${query}`);
  if (html !== null) place.innerHTML = html;
}
const domainLater = wait(domain, 350);

function count(input) {
  if (!(input.maxLength > 0)) return;
  const left = input.maxLength - input.value.length;
  let place = by(`${input.id}-left`);
  if (left > Math.max(20, input.maxLength / 10)) { if (place) place.remove(); return; }
  if (!place) {
    place = document.createElement("p");
    place.id = `${input.id}-left`;
    place.className = "after";
    place.setAttribute("aria-live", "polite");
    input.after(place);
  }
  place.textContent = word("live.left", { n: left });
}

/* Rows that are no table: added, removed and moved without a reload */
let number = 10_000;
function addRow(holder) {
  const shape = holder.querySelector(":scope > template");
  if (!shape) return false;
  const made = document.createElement("div");
  made.innerHTML = shape.innerHTML.replace(/__N__/g, String((number += 1)));
  const row = made.firstElementChild;
  shape.before(row);
  ready(row);
  renumber(holder);
  const first = row.querySelector("input:not([type=hidden]), select, textarea");
  if (first) first.focus();
  change(null);
  return true;
}

function renumber(holder) {
  holder.querySelectorAll(":scope > [data-row] > legend").forEach((legend, at) => {
    legend.textContent = legend.textContent.replace(/\s*[0-9]*\s*$/, "") + ` ${at + 1}`;
  });
}

function ready(root) {
  dress(root);
  for (const remove of root.querySelectorAll("fieldset[data-row] > [data-remove]")) {
    for (const way of ["down", "up"]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "plain move";
      button.dataset.move = way;
      button.textContent = word(`live.row-${way}`);
      remove.before(button);
    }
  }
}

function moveRow(button) {
  const row = button.closest("[data-row]");
  const other = button.dataset.move === "up" ? row.previousElementSibling : row.nextElementSibling;
  if (!other || !other.matches("[data-row]")) return;
  if (button.dataset.move === "up") other.before(row); else other.after(row);
  renumber(row.parentElement);
  button.focus();
  change(null);
}

function click(event) {
  const button = event.target.closest("button");
  if (button && button.dataset.move) return moveRow(button);
  if (button && button.matches("[data-add]")) {
    const holder = button.closest("[data-rows]");
    if (holder && holder.querySelector(":scope > [data-add]") === button && addRow(holder)) event.preventDefault();
  }
  if (button && button.matches("fieldset[data-row] > [data-remove]")) {
    event.preventDefault();
    const row = button.closest("[data-row]");
    const holder = row.parentElement;
    row.remove();
    renumber(holder);
    holder.focus();
    change(null);
  }
}

/* Where one is */
function contents() {
  const links = [...document.querySelectorAll(".contents a[href^='#']")];
  const watcher = new IntersectionObserver(() => {
    const tops = links.map((link) => by(link.hash.slice(1))).map((one) => (one ? one.getBoundingClientRect().top : Infinity));
    const here = Math.max(0, tops.filter((top) => top < 160).length - 1);
    links.forEach((link, at) => (at === here ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
  }, { rootMargin: "-120px 0px -40% 0px", threshold: [0, 0.2, 0.6, 1] });
  links.forEach((link) => { const one = by(link.hash.slice(1)); if (one) watcher.observe(one); });
}

async function furnish() {
  await learn();
  ready(document);
  grids.forEach((grid) => grid.start(form ? change : null));
}

/* Whoever types at once is heard: nothing here waits for the words */
function start() {
  if (!form) return;
  form.addEventListener("input", (event) => {
    change(event.target);
    const input = event.target;
    if (input.dataset.says) hintLater(input);
    if (input.name && (input.name.startsWith("/value_domain") || input.name === "/data_format")) domainLater();
    count(input);
  });
  form.addEventListener("click", click);
  form.addEventListener("submit", async (event) => {
    leaving = true;
    if (!saving) return;
    event.preventDefault();
    const submitter = event.submitter;
    await saving;
    form.requestSubmit(submitter);
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      changed += changed === saved ? 1 : 0;
      keep();
    }
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && !leaving) keep({ keepalive: true }); });
  window.addEventListener("beforeunload", (event) => {
    if (leaving || changed === saved) return;
    event.preventDefault();
    event.returnValue = "";
  });
  const summary = document.querySelector("[data-focus]");
  if (summary) {
    summary.focus();
    summary.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      const target = link && by(decodeURIComponent(link.hash.slice(1)));
      if (target) { event.preventDefault(); target.focus(); target.scrollIntoView({ block: "center" }); }
    });
  }
  contents();
  domain();
}

start();
furnish();
