/* Where one writes: Enter sends, Shift and Enter makes a line, and what is not sent yet is there after a reload. */

import { forTab } from "./kept.js";

const NEAR = 200; // characters left when the count appears

export class Composer {
  /** `send(words)` takes what was written; `carries()` tells whether there is something to send without words;
   * `wrote()` is called at every change, `back()` for the arrow that leads up out of an empty field.
   */
  constructor(form, { max, send, carries, wrote, back }) {
    Object.assign(this, { carries, wrote, back });
    this.form = form;
    this.field = form.querySelector("textarea");
    this.count = form.querySelector(".count");
    this.problem = form.querySelector(".problem");
    this.notice = form.querySelector(".note");
    this.max = max;
    this.send = send;
    form.noValidate = true;
    if (!this.field.value) this.field.value = forTab.get("draft") ?? "";
    form.addEventListener("submit", (event) => this.submit(event));
    this.field.addEventListener("input", () => (this.changed(), this.text && this.wrote()));
    this.field.addEventListener("keydown", (event) => this.pressed(event));
    this.changed();
  }

  get text() {
    return this.field.value.trim();
  }

  /** What went wrong, until something else is said. */
  say(words) {
    if (this.problem.textContent !== words) this.problem.textContent = words;
  }

  /** What is good to know, and no problem. */
  note(words) {
    this.notice.textContent = words;
  }

  clear() {
    this.field.value = "";
    this.changed();
  }

  submit(event) {
    event.preventDefault();
    this.field.focus({ preventScroll: true }); // keeps a phone's keyboard open
    const left = this.left();
    if (!this.text && !this.carries()) return;
    if (left < 0) return this.say(`That is ${-left} characters too long.`);
    this.say("");
    this.send(this.text);
  }

  pressed(event) {
    if (event.key === "Escape") this.say("");
    if (event.key === "ArrowUp" && !this.field.value && this.back()) return event.preventDefault();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  changed() {
    forTab.set("draft", this.field.value);
    const left = this.left();
    this.count.hidden = left > NEAR;
    this.count.textContent = left < 0 ? `${-left} too many` : `${left} left`;
    this.count.classList.toggle("over", left < 0);
    if (!CSS.supports("field-sizing", "content")) this.grow();
  }

  left() {
    return this.max - [...this.text].length; // in code points, as the server counts
  }

  grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }
}
