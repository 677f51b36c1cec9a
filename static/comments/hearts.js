/* Hearts: shown at once, and taken back when the house refuses. */

import { ask } from "./asking.js";

export function pressHearts(place) {
  place.addEventListener("submit", (event) => {
    if (!event.target.matches(".heart-form")) return;
    event.preventDefault();
    press(event.target, place);
  });
}

async function press(form, place) {
  const button = form.querySelector(".heart");
  if (button.dataset.busy) return;
  button.dataset.busy = "1";
  const on = button.getAttribute("aria-pressed") !== "true";
  const before = Number(form.querySelector(".votes").textContent);
  show(form, on, Math.max(0, before + (on ? 1 : -1)));
  const { ok, body, sentence } = await ask(form.action, { on: on ? "1" : "0" });
  delete button.dataset.busy;
  if (ok) return show(form, body.liked, body.likes);
  show(form, !on, before);
  const news = place.querySelector(".comment-news");
  if (news) news.textContent = sentence;
}

function show(form, liked, likes) {
  const button = form.querySelector(".heart");
  button.setAttribute("aria-pressed", `${liked}`);
  button.value = liked ? "0" : "1";
  form.querySelector(".votes").textContent = `${likes}`;
}
