/* The editor. Without this file it is a form; with it, words are saved as they are written and drawn beside. */

import { Conflict } from "./write/conflict.js";
import { takeCover } from "./write/cover.js";
import { listenToKeys, mark } from "./write/marking.js";
import { takePictures } from "./write/pictures.js";
import { Reading } from "./write/reading.js";
import { bringBack } from "./write/returning.js";
import { Saving } from "./write/saving.js";

const page = document.querySelector("main.write-page");
const form = page.querySelector("form.writing");
const field = form.elements.body;
const line = page.querySelector(".saving");
const isFresh = page.dataset.fresh === "1";
let isLeaving = false;

const reading = new Reading(page, field);
const conflict = new Conflict(page.querySelector(".conflict"), form, { keep: (revision) => saving.goOn(revision) });
const saving = new Saving(form, {
  isDraft: page.dataset.state === "draft",
  seen: Number(form.elements.seen.value),
  isFresh,
  say,
  refused,
  conflict: (theirs) => conflict.open(theirs),
});
const pictures = takePictures(page, form, field);
takeCover(page, form);
listenToKeys(form, field, { save: () => saving.save("save") });

function say(state, words) {
  line.dataset.state = state;
  if (line.textContent !== words) line.textContent = words;
}

/** A sentence by its field; the fields that are well have none. */
function refused(name, words) {
  for (const one of form.querySelectorAll(".problem[id$='-error']")) one.textContent = "";
  for (const one of form.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
  const place = document.getElementById(`${name === "cover_alt" ? "cover" : name}-error`) ?? document.getElementById("body-error");
  place.textContent = words;
  place.closest("details")?.setAttribute("open", "");
  if (words) form.elements[name]?.setAttribute?.("aria-invalid", "true");
}

function changed() {
  saving.changed();
  reading.changed();
  count();
}

function count() {
  const words = field.value.match(/\S+/g)?.length ?? 0;
  const over = [...field.value].length - 200_000;
  const place = form.querySelector(".word-count");
  place.textContent = over > 0 ? `${over.toLocaleString()} characters too many` : `${words.toLocaleString()} ${words === 1 ? "word" : "words"}`;
  place.classList.toggle("over", over > 0);
}

/** Saving needs no other page. Anything else goes as forms do, after what is still under way. */
form.addEventListener("submit", async (event) => {
  if (isLeaving) return;
  event.preventDefault();
  const { submitter } = event;
  if (!submitter || submitter.value === "save") return saving.save("save");
  await saving.settle();
  isLeaving = true;
  setTimeout(() => form.requestSubmit(submitter)); // while it is being submitted, a form cannot be so once more
});

form.addEventListener("input", changed);
form.addEventListener("change", changed);
addEventListener("beforeunload", (event) => {
  if (isLeaving || !saving.isUnsaved) return;
  saving.notice();
  event.preventDefault();
});
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

form.querySelector(".marks").addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (button?.value === "picture") pictures.choose();
  else if (button) mark(field, button.value);
});

const sides = page.querySelector(".sides");
sides.querySelector(".side-choice").addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  sides.dataset.side = button.value;
  for (const one of sides.querySelectorAll(".side-choice button")) one.setAttribute("aria-pressed", String(one === button));
  reading.changed(0);
});

for (const place of page.querySelectorAll(".side-choice, .marks")) place.hidden = false;
for (const place of form.querySelectorAll(".plain-preview")) place.hidden = true;
if (isFresh) bringBack(page, form, saving, conflict);
else if (conflict.place.dataset.theirs) {
  saving.isStopped = true;
  conflict.open(JSON.parse(conflict.place.dataset.theirs));
}
saving.changed();
reading.changed(0);
count();
