/* Words that were typed here and never saved: they come back into the form, and what is saved is not far. */

import { forBrowser } from "../hangout/kept.js";
import { fill, mark, read, same } from "./fields.js";

export function bringBack(page, form, saving, conflict) {
  const kept = parse(forBrowser.get("words"));
  const saved = read(form);
  if (!kept || isSaved(kept, saved, saving.seen)) return forBrowser.set("words", "");
  const isOurs = kept.seen === saving.seen || kept.tried === mark(saved); // nobody else saved since
  fill(form, kept.fields);
  if (!isOurs) {
    saving.isStopped = true;
    return conflict.open({ fields: saved, revision: saving.seen, at: "", lines: "" });
  }
  offer(page.querySelector(".kept-words"), form, [kept.fields, saved]);
}

/** The site takes off space and writes tags its own way, so what was sent by the form and worked may look another. */
function isSaved(kept, saved, seen) {
  if (same(trimmed(kept.fields), trimmed(saved))) return true;
  const hasWorked = kept.seen !== seen || (kept.isSent && new URLSearchParams(location.search).has("done"));
  return hasWorked && mark(kept.fields) === mark(saved);
}

function trimmed(fields) {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value.trim()]));
}

/** The two can be changed for each other as often as one likes. */
function offer(place, form, versions) {
  const [words, button] = place.children;
  const show = () => {
    const isKept = versions.shown === 0;
    words.textContent = isKept ? "Words that you had not saved are back." : "This is what is saved.";
    button.textContent = isKept ? "Show what is saved instead" : "Bring my words back";
  };
  versions.shown = 0;
  button.addEventListener("click", () => {
    versions[versions.shown] = read(form);
    versions.shown = 1 - versions.shown;
    fill(form, versions[versions.shown]);
    form.dispatchEvent(new Event("input"));
    show();
  });
  show();
  place.hidden = false;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
