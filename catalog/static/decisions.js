// “May we use this?”: the answer beside the record that it is about; without this script the form leads to it.

import { ask } from "./live.js";

async function answer(form) {
  const said = form.parentElement.querySelector(".said");
  const question = new URLSearchParams(new FormData(form));
  const address = `${form.getAttribute("action")}?${question}`;
  form.setAttribute("aria-busy", "true");
  const found = await ask(`${address}&part=answer`);
  form.removeAttribute("aria-busy");
  if (found === null) window.location.assign(address);
  else said.innerHTML = found;
}

for (const form of document.querySelectorAll("form[data-decides]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.elements.purpose.value) answer(form);
    else form.elements.purpose.focus();
  });
}
