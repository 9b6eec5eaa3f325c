// While a check runs: ask how far it is, and show the result once it is there.

const PAUSE = 1200;
const place = document.querySelector("[data-progress]");

async function ask() {
  try {
    const answer = await fetch(place.dataset.progress, { headers: { accept: "text/html" } });
    if (answer.status === 200) place.innerHTML = await answer.text();
    else if (answer.status !== 503) return window.location.reload();
  } catch {
    // the network is away for a moment; ask again
  }
  setTimeout(ask, PAUSE);
}

if (place) setTimeout(ask, PAUSE);
