// A control that takes an identifier or a code becomes a combobox (WAI-ARIA) whose list the server makes.

import { ask, wait, words } from "./live.js";

const list = document.createElement("ul");
list.id = "picker-list";
list.className = "picker-list";
list.setAttribute("role", "listbox");
list.hidden = true;
const told = document.createElement("div");
told.className = "hush";
told.setAttribute("aria-live", "polite");
(document.getElementById("main") || document.body).append(list, told);

const address = (input) => {
  const asked = input.dataset.picker;
  const kind = asked.startsWith("code:") ? `code/${asked.slice(5)}` : asked;
  return `/options/${kind}`;
};
const said = (input) => document.getElementById(`${input.id}-chosen`);
const options = () => [...list.querySelectorAll("[role=option]")];
const filled = new WeakMap(); // what was chosen from the list, so that leaving asks nothing again
let open = null;
let place = -1;
let round = 0;

/** Every picker under `root` says that it is one. */
export function dress(root) {
  for (const input of root.querySelectorAll("input[data-picker]")) {
    if (input.getAttribute("role") === "combobox") continue;
    input.removeAttribute("list");
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-haspopup", "listbox");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    const shown = said(input);
    if (!shown || input.closest("[data-grid]")) continue;
    const clear = document.createElement("button");
    clear.type = "button";
    clear.className = "plain clear";
    clear.dataset.clear = input.id;
    clear.textContent = words["live.clear"];
    clear.hidden = !input.value;
    shown.after(clear);
  }
}

/** Writes a choice into its control, with its name beside it. */
export function put(input, value, label) {
  input.value = value;
  filled.set(input, value);
  name(input, label);
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function name(input, label) {
  const shown = said(input);
  if (shown) shown.textContent = label;
  const clear = document.querySelector(`[data-clear="${CSS.escape(input.id)}"]`);
  if (clear) clear.hidden = !input.value;
}

function close() {
  round += 1;
  later.stop();
  if (!open) return;
  open.setAttribute("aria-expanded", "false");
  open.removeAttribute("aria-activedescendant");
  open = null;
  place = -1;
  list.hidden = true;
}

function stand(input) {
  const box = input.getBoundingClientRect();
  const width = Math.min(Math.max(box.width, 280), window.innerWidth - 16);
  const below = window.innerHeight - box.bottom;
  list.style.width = `${width}px`;
  list.style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - width - 8))}px`;
  list.style.maxHeight = `${Math.max(160, Math.min(320, Math.max(below, box.top) - 16))}px`;
  list.style.top = below > 200 || below > box.top ? `${box.bottom + 2}px` : "";
  list.style.bottom = list.style.top ? "" : `${window.innerHeight - box.top + 2}px`;
}

async function show(input) {
  const mine = (round += 1);
  const form = input.closest("form");
  const query = new URLSearchParams({ q: input.value.trim() });
  const department = form && form.elements["/department"];
  if (department && input.dataset.picker === "system" && department.value) query.set("department", department.value);
  const html = await ask(`${address(input)}?${query}`);
  if (html === null || mine !== round || document.activeElement !== input) return;
  list.innerHTML = html;
  list.setAttribute("aria-label", input.getAttribute("aria-label") || (input.labels[0] && input.labels[0].textContent.trim()) || "");
  options().forEach((one, at) => { one.id = `picker-${at}`; });
  open = input;
  place = -1;
  list.hidden = false;
  list.scrollTop = 0;
  stand(input);
  input.setAttribute("aria-expanded", "true");
  input.removeAttribute("aria-activedescendant");
  told.textContent = (list.querySelector(".said") || list).textContent;
}

function move(to) {
  const found = options();
  if (!found.length) return;
  place = (to + found.length) % found.length;
  found.forEach((one, at) => one.setAttribute("aria-selected", String(at === place)));
  open.setAttribute("aria-activedescendant", found[place].id);
  found[place].scrollIntoView({ block: "nearest" });
}

function choose(option) {
  const input = open;
  close();
  put(input, option.dataset.value, option.dataset.label);
  close();
}

/* A code or a whole name that was typed is recognised on leaving */
async function recognise(input) {
  const typed = input.value.trim();
  if (!typed || filled.get(input) === typed) return;
  const found = await ask(`${address(input)}?${new URLSearchParams({ q: typed })}`, "json");
  if (!found || input.value.trim() !== typed) return;
  const items = found.items.filter((one) => one.value === typed || one.label === typed || one.note === typed);
  if (items.length !== 1 && !(items[0] && items[0].value === typed)) return;
  if (items[0].value !== typed) put(input, items[0].value, items[0].label);
  else name(input, items[0].label);
  filled.set(input, items[0].value);
}

const later = wait(show, 120);
const picker = (target) => (target instanceof HTMLInputElement && target.dataset.picker ? target : null);

document.addEventListener("input", (event) => {
  const input = picker(event.target);
  if (!input || !event.isTrusted || event.isComposing) return;
  name(input, "");
  later(input);
});
document.addEventListener("compositionend", (event) => { if (picker(event.target)) later(event.target); });
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest && event.target.closest("#picker-list [role=option]");
  if (event.target.closest && event.target.closest("#picker-list")) event.preventDefault();
  if (option && open) choose(option);
});
document.addEventListener("click", (event) => {
  const input = picker(event.target);
  if (input && !input.closest("[data-grid]") && open !== input) show(input);
  const clear = event.target.closest && event.target.closest("[data-clear]");
  if (!clear) return;
  const cleared = document.getElementById(clear.dataset.clear);
  put(cleared, "", "");
  cleared.focus();
});
document.addEventListener("focusout", (event) => {
  const input = picker(event.target);
  if (!input) return;
  close();
  recognise(input);
});
document.addEventListener("keydown", (event) => {
  const input = picker(event.target);
  if (!input || event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey) return;
  if (open !== input) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); show(input); }
    return;
  }
  if (event.key === "ArrowDown") { event.preventDefault(); move(place + 1); }
  else if (event.key === "ArrowUp") { event.preventDefault(); move(place < 0 ? -1 : place - 1); }
  else if (event.key === "Enter") {
    event.preventDefault();
    const one = options()[place];
    if (one) choose(one); else close();
  } else if (event.key === "Escape") { event.preventDefault(); close(); }
});
window.addEventListener("scroll", (event) => { if (open && event.target !== list) stand(open); }, true);
window.addEventListener("resize", close);
