// A long list of choices is found by words, or by any part of what it says; without this script it is a plain list.

const FEW = 12; // so many are seen at a glance

const plain = (said) => said.normalize("NFKC").toLowerCase();

function sift(select) {
  const all = [...select.options].filter((one) => one.value);
  if (all.length <= FEW) return;
  const none = [...select.options].find((one) => !one.value) || new Option("", "");
  const input = document.createElement("input");
  input.type = "search";
  input.className = "sift";
  input.autocomplete = "off";
  input.placeholder = select.dataset.sift;
  input.setAttribute("aria-label", select.dataset.sift);
  input.setAttribute("aria-controls", select.id);
  const told = document.createElement("span");
  told.className = "hush";
  told.setAttribute("aria-live", "polite");
  select.before(input, told);

  input.addEventListener("input", () => {
    const before = select.value;
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    const found = all.filter((one) => words.every((word) => plain(one.textContent).includes(word)));
    const shown = words.length ? found : all;
    select.replaceChildren(none, ...shown);
    const kept = shown.find((one) => one.value === before);
    select.value = kept ? before : words.length && shown.length === 1 ? shown[0].value : none.value;
    told.textContent = words.length ? select.dataset.sifted.replace("{n}", String(shown.length)) : "";
    if (select.value !== before) select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    select.focus();
  });
}

document.querySelectorAll("select[data-sift]").forEach(sift);
