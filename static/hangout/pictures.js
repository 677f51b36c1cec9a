/* How pictures get to the composer: by the button, by pasting, by dropping them anywhere on the room. */

import { Uploads } from "./uploads.js";

/** `named(then)` goes on once there is a name. Returns the uploads, and `wait(then)` for who sends before they are there. */
export function takePictures(room, composer, { address, largest, named }) {
  const { form, field } = composer;
  const hint = room.querySelector(".drop-hint");
  const chooser = form.querySelector(".choose");
  const button = form.querySelector(".attach");
  const uploads = new Uploads(form, { address, largest, say: (words) => composer.say(words), changed });
  const take = (files) => named(() => (uploads.add(files), field.focus({ preventScroll: true })));

  /** Without words a message may be sent only when it has pictures. */
  function changed() {
    field.required = !form.querySelector(".tile");
  }

  button.hidden = false;
  button.addEventListener("click", () => named(() => chooser.click()));
  chooser.addEventListener("change", () => {
    take([...chooser.files]);
    chooser.value = "";
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    take(files);
  });
  takeDropped(room, hint, take);
  return { uploads, wait: waiting(form, composer, uploads) };
}

function takeDropped(room, hint, take) {
  let depth = 0;
  const show = (by) => {
    depth = Math.max(0, depth + by);
    hint.hidden = depth === 0;
  };
  const isFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  room.addEventListener("dragenter", (event) => isFiles(event) && show(1));
  room.addEventListener("dragleave", (event) => isFiles(event) && show(-1));
  room.addEventListener("dragover", (event) => isFiles(event) && event.preventDefault());
  room.addEventListener("drop", (event) => {
    if (!isFiles(event)) return;
    event.preventDefault();
    show(-Infinity);
    take([...event.dataTransfer.files]);
  });
}

/** Sent too early: what was written stays, and goes as soon as the last picture is there. */
function waiting(form, composer, uploads) {
  const button = form.querySelector(".send");
  return async (then) => {
    if (button.getAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    composer.note("It goes as soon as the pictures are there.");
    const isWhole = await uploads.ready();
    button.removeAttribute("aria-disabled");
    composer.note("");
    const wrong = uploads.isRefused ? "A picture cannot be sent. Take it out." : "A picture did not arrive. Try it again or take it out.";
    composer.say(isWhole ? "" : wrong);
    if (isWhole) then();
  };
}
