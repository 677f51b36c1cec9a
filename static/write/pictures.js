/* Pictures for the text: chosen, pasted or dropped, sent at once, and put where the caret is once it is said what they show. */

import { element } from "../hangout/elements.js";
import { Uploads } from "../hangout/uploads.js";
import { insertPicture } from "./marking.js";

export function takePictures(page, form, field) {
  const problem = form.querySelector(".tiles-problem");
  const chooser = form.querySelector(".choose");
  const say = (words) => (problem.textContent = words);
  const uploads = new Uploads(form, { address: page.dataset.media, largest: Number(page.dataset.largest), say, changed });

  /** Each tile gets the button that puts its picture into the text. */
  function changed() {
    for (const entry of uploads?.entries ?? []) {
      const acts = entry.tile.item.querySelector(".tile-acts");
      if (acts.querySelector(".place")) continue;
      const button = element("button", { type: "button", class: "link place", "aria-label": `Put ${entry.name} into the text` }, "Put into the text");
      button.addEventListener("click", () => place(entry));
      acts.prepend(button);
    }
  }

  function place(entry) {
    const alt = entry.tile.alt.value.trim();
    if (entry.state !== "done") return say(`${entry.name} is not there yet.`);
    if (!alt) {
      say("Please say what it shows, for those who cannot see it.");
      return entry.tile.alt.focus();
    }
    say("");
    uploads.remove(entry);
    uploads.news.textContent = `${entry.name} is in the text.`;
    insertPicture(field, alt, entry.url);
  }

  const take = (files) => {
    uploads.add(files);
    changed();
    uploads.entries.at(-1)?.tile.alt.focus();
  };
  uploads.place.addEventListener("keydown", (event) => enter(event, uploads, place), true);
  chooser.addEventListener("change", () => {
    take([...chooser.files]);
    chooser.value = "";
  });
  listen(form, field, take);
  changed();
  return { choose: () => chooser.click() };
}

/** Enter in a description is not for the form around it. */
function enter(event, uploads, place) {
  if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
  event.preventDefault();
  event.stopPropagation();
  place(uploads.entries.find(({ tile }) => tile.alt === event.target));
}

function listen(form, field, take) {
  const hint = form.querySelector(".drop-hint");
  const isFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  field.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    take(files);
  });
  const target = form.querySelector(".text-field");
  for (const name of ["dragenter", "dragover"]) {
    target.addEventListener(name, (event) => isFiles(event) && (event.preventDefault(), (hint.hidden = false)));
  }
  target.addEventListener("dragleave", (event) => target.contains(event.relatedTarget) || (hint.hidden = true));
  target.addEventListener("drop", (event) => {
    if (!isFiles(event)) return;
    event.preventDefault();
    hint.hidden = true;
    take([...event.dataTransfer.files]);
  });
}
