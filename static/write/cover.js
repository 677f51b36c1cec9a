/* The cover, brought as soon as it is chosen. */

import { send } from "../hangout/asking.js";

export function takeCover(page, form) {
  const { cover, cover_file: chooser, cover_alt: alt, no_cover: none } = form.elements;
  const picture = form.querySelector(".cover-now");
  const bar = form.querySelector(".cover-progress");
  const problem = form.querySelector("#cover-error");
  let sent = null;

  chooser.addEventListener("change", async () => {
    const [file] = chooser.files;
    if (!file) return;
    sent?.stop();
    problem.textContent = "";
    bar.hidden = false;
    const mine = (sent = send(page.dataset.media, file, "", (part) => (bar.value = part)));
    const { ok, body, nobody } = await mine.answer;
    if (mine !== sent) return;
    bar.hidden = true;
    chooser.value = "";
    if (!ok) return void (problem.textContent = nobody ? "No connection. Please choose the picture again when there is one." : body?.error?.message ?? "That did not work. Please try again.");
    show(body);
    form.dispatchEvent(new Event("input"));
    alt.focus();
  });

  function show({ id, url, width, height }) {
    cover.value = id;
    none.checked = false;
    none.closest(".choice").hidden = false;
    Object.assign(picture, { src: url, width, height, hidden: false });
    alt.value = "";
  }
}
