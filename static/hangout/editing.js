/* Own words changed in their place: Enter saves, Escape leaves them as they were. What is refused stays to be mended. */

import { element } from "./elements.js";

export class Editing {
  /** `save(id, content)` hands it on; `closed()` is told when the reader is done; `quietly()` comes before the page changes. */
  constructor(messages, { max, save, closed, quietly }) {
    Object.assign(this, { messages, max, save, closed, quietly });
    this.form = this.item = null;
  }

  get id() {
    return this.item?.dataset.id;
  }

  begin(item) {
    this.end();
    this.quietly();
    this.item = item;
    this.form = draw(item.dataset.content);
    this.field.addEventListener("keydown", (event) => this.pressed(event));
    this.field.addEventListener("input", () => this.count());
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.form.querySelector(".cancel").addEventListener("click", () => this.leave());
    item.querySelector(".content").after(this.form);
    item.classList.add("editing");
    this.count();
    this.field.focus({ preventScroll: true });
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
    item.scrollIntoView({ block: "nearest" });
  }

  get field() {
    return this.form.querySelector("textarea");
  }

  pressed(event) {
    if (event.key === "Escape") this.leave();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  submit(event) {
    event.preventDefault();
    const words = this.field.value.trim();
    if (words === this.item.dataset.content) return this.leave();
    if ([...words].length > this.max) return;
    this.say("Saving…", "hint");
    this.save(this.id, words);
  }

  /** The site has it. Its own drawing comes next; until then the words stand as they were typed. */
  saved({ id, content }) {
    const item = this.messages.find(id);
    if (!item) return;
    item.dataset.content = content;
    if (item !== this.item) return;
    this.quietly();
    item.querySelector(".content").textContent = content;
    this.leave();
  }

  refused(id, words) {
    if (this.id === id) this.say(words, "problem");
  }

  /** The message was taken away while its words were being changed. */
  tend() {
    if (this.item && !this.item.isConnected) this.leave();
  }

  leave() {
    this.end();
    this.closed();
  }

  end() {
    this.item?.classList.remove("editing");
    this.form?.remove();
    this.form = this.item = null;
  }

  count() {
    const left = this.max - [...this.field.value.trim()].length;
    const count = this.form.querySelector(".count");
    count.hidden = left > 200;
    count.textContent = left < 0 ? `${-left} too many` : `${left} left`;
    count.classList.toggle("over", left < 0);
    if (CSS.supports("field-sizing", "content")) return;
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }

  say(words, kind) {
    const place = this.form.querySelector("[role=alert]");
    place.className = kind;
    place.textContent = words;
  }
}

function draw(words) {
  const field = element("textarea", { rows: 1, "aria-label": "Your message, to be changed" });
  field.value = words;
  const below = element(
    "p",
    { class: "row-below" },
    element("button", { class: "link" }, "Save"),
    element("button", { class: "link cancel", type: "button" }, "Cancel"),
    element("span", { class: "count", hidden: true }),
    element("span", { role: "alert", class: "problem" }),
  );
  return element("form", { class: "editor", novalidate: true }, field, below);
}
