// What every script of a form needs: to ask the server for a fragment, to wait until typing pauses, the words.

export const words = {};

/** The answer of an address as text, or as JSON; null where there is none. */
export async function ask(address, as = "html", more = {}) {
  try {
    const accept = as === "json" ? "application/json" : "text/html";
    const answer = await fetch(address, { credentials: "same-origin", ...more, headers: { accept, ...more.headers } });
    if (!answer.ok) return null;
    return as === "json" ? await answer.json() : await answer.text();
  } catch {
    return null;
  }
}

/** Calls `act` once nothing has been asked of it for `pause` milliseconds; `stop` forgets what was asked. */
export function wait(act, pause) {
  let timer = 0;
  const later = (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...given), pause);
  };
  later.stop = () => clearTimeout(timer);
  return later;
}

/** The words that scripts say, in the reader's language. */
export async function learn() {
  Object.assign(words, (await ask("/live/words", "json")) || {});
}

/** The word with its places filled. */
export function word(name, values = {}) {
  return (words[name] || "").replace(/\{(\w+)\}/g, (_, key) => (key in values ? values[key] : ""));
}
