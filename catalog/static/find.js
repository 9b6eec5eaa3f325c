// Finding by keyboard: suggestions under search boxes, rows of lists, selection. Every page works without it.

const boxes = [...document.querySelectorAll("input[type=\"search\"][data-suggest]")];
const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
const plain = (event) => !(event.ctrlKey || event.metaKey || event.altKey || event.isComposing);

/* Suggestions: a combobox whose list box is a fragment of the server */
function suggest(box) {
  const list = document.createElement("div");
  list.id = `${box.id}-found`;
  list.className = "found-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.dataset.suggest);
  list.hidden = true;
  box.closest("form").append(list);
  const set = (name, value) => box.setAttribute(`aria-${name}`, value);
  box.setAttribute("role", "combobox");
  set("autocomplete", "list");
  set("haspopup", "listbox");
  set("expanded", "false");
  set("controls", list.id);
  const options = () => [...list.querySelectorAll("[role=option]")];
  let chosen = -1;
  let asked = "";
  let waiting = 0;
  let asking = null;

  function close() {
    clearTimeout(waiting);
    asking?.abort();
    list.hidden = true;
    chosen = -1;
    set("expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }
  function choose(place) {
    const found = options();
    chosen = (place + found.length + 1) % (found.length + 1); // the last place is the box itself
    found.forEach((one, at) => one.setAttribute("aria-selected", String(at === chosen)));
    const one = found[chosen];
    if (!one) return box.removeAttribute("aria-activedescendant");
    set("activedescendant", one.id);
    one.scrollIntoView({ block: "nearest" });
  }
  async function ask() {
    const wanted = box.value.trim();
    if (wanted === asked && !list.hidden) return;
    asked = wanted;
    asking?.abort();
    if (!wanted) return close();
    asking = new AbortController();
    try {
      const answer = await fetch(`/search/suggest?q=${encodeURIComponent(wanted)}`, { signal: asking.signal, headers: { accept: "text/html" } });
      if (!answer.ok) return close();
      const text = await answer.text();
      if (box.value.trim() !== wanted || document.activeElement !== box) return;
      list.innerHTML = text;
      list.hidden = !options().length;
      set("expanded", String(!list.hidden));
      chosen = -1;
      box.removeAttribute("aria-activedescendant");
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }
  box.addEventListener("input", (event) => {
    if (event.isComposing) return;
    clearTimeout(waiting);
    waiting = setTimeout(ask, 80);
  });
  box.addEventListener("compositionend", ask);
  box.addEventListener("blur", (event) => { if (!list.contains(event.relatedTarget)) setTimeout(close, 120); });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus; a click follows its link
  box.addEventListener("keydown", (event) => {
    if (!plain(event)) return;
    if (event.key === "Escape") {
      if (!list.hidden) event.preventDefault(); // what was typed stays; the next one clears the box
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) { asked = ""; ask(); return; }
      choose(event.key === "ArrowDown" ? chosen + 1 : chosen < 0 ? options().length - 1 : chosen - 1);
    } else if (event.key === "Enter" && chosen >= 0 && options()[chosen]) {
      event.preventDefault();
      location.assign(options()[chosen].href);
    } else if (event.key === "Tab") {
      close();
    }
  });
}
boxes.forEach(suggest);

/* Rows: ↑ ↓ or j k move, Enter opens, x selects; / leads to the search box */
const list = document.querySelector("[data-rows=\"\"]");
const rows = list ? [...list.querySelectorAll("tbody tr, :scope > li")] : [];
const link = (row) => row.querySelector("td.named > a, a.name");
let here = -1;
function step(by) {
  const inside = rows.findIndex((row) => row.contains(document.activeElement));
  here = Math.max(0, Math.min(rows.length - 1, (inside >= 0 ? inside : here) + by));
  rows.forEach((row, at) => row.classList.toggle("here", at === here));
  link(rows[here]).focus();
}
document.addEventListener("keydown", (event) => {
  if (!plain(event) || event.defaultPrevented) return;
  if (event.key === "/" && !typing(event.target)) {
    const box = boxes.find((one) => one.offsetParent) || document.querySelector("[role=search] input");
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  }
  if (!rows.length || (typing(event.target) && event.target.type !== "checkbox")) return;
  const inList = list.contains(document.activeElement) || document.activeElement === document.body || document.activeElement.id === "main";
  if (event.key === "j" || (event.key === "ArrowDown" && inList)) { event.preventDefault(); step(1); }
  if (event.key === "k" || (event.key === "ArrowUp" && inList)) { event.preventDefault(); step(-1); }
  if (event.key === "x" && rows[here]) rows[here].querySelector("input[name=record]")?.click();
});

/* Selection: how many, the whole page, a range with the shift key */
const form = document.querySelector("[data-choose]");
if (form) {
  const ticks = [...form.querySelectorAll("input[name=record]")];
  const said = form.querySelector("[data-chosen]");
  const whole = form.querySelector("[data-all]");
  const every = form.querySelector("input[name=all]");
  const hint = said.textContent;
  let last = -1;
  const count = () => {
    const number = ticks.filter((tick) => tick.checked).length;
    said.textContent = number ? said.dataset.chosen.replace("{n}", number) : hint;
    ticks.forEach((tick) => tick.closest("tr").classList.toggle("chosen-row", tick.checked));
    form.classList.toggle("some", number > 0 || Boolean(every && every.checked));
  };
  ticks.forEach((tick, at) => tick.addEventListener("click", (event) => {
    if (event.shiftKey && last >= 0) {
      for (let one = Math.min(at, last); one <= Math.max(at, last); one += 1) ticks[one].checked = tick.checked;
    }
    last = at;
    count();
  }));
  whole.hidden = false;
  whole.addEventListener("click", () => {
    const all = ticks.every((tick) => tick.checked);
    ticks.forEach((tick) => { tick.checked = !all; });
    count();
  });
  every?.addEventListener("change", count);
  window.addEventListener("pageshow", count);
  count();
}

/* Menus close as menus do */
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});
