/* Where one writes: sent in place, with a live preview, and moved below what it answers. What was typed is never lost:
   it stays in the form until the house has it. */

import { fill } from "../hangout/elements.js";
import { ask } from "./asking.js";

const CALM = 350; // milliseconds without a key before the preview is drawn anew

export class Writing {
  constructor(place, form, threads) {
    Object.assign(this, { place, form, threads });
    this.home = document.createComment("the form's place");
    form.before(this.home);
    this.words = form.elements.content;
    this.look = form.querySelector(".look");
    form.querySelector(".to-preview").addEventListener("click", (event) => this.togglePreview(event));
    form.querySelector(".never-mind").addEventListener("click", () => this.goHome());
    this.words.addEventListener("input", () => this.changed());
    this.words.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(form.querySelector(".send"));
    });
    form.addEventListener("submit", (event) => this.submitted(event));
    if (threads.list && place.dataset.socket) place.addEventListener("click", (event) => this.clicked(event));
  }

  // Answering

  clicked(event) {
    const link = event.target.closest(".answer");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const comment = link.closest(".comment");
    this.form.elements.reply_to.value = comment.dataset.id;
    comment.closest(".thread").append(this.form);
    this.title(`Answer to ${comment.querySelector(".name").textContent}`);
    this.form.querySelector(".never-mind").hidden = false;
    this.words.focus();
  }

  goHome() {
    this.form.elements.reply_to.value = "";
    this.home.after(this.form);
    this.title("Leave a comment");
    this.form.querySelector(".never-mind").hidden = true;
  }

  title(words) {
    this.form.querySelector("#write-title").textContent = words;
  }

  // Preview

  togglePreview(event) {
    event.preventDefault();
    this.look.hidden = !this.look.hidden;
    event.currentTarget.setAttribute("aria-pressed", `${!this.look.hidden}`);
    this.draw();
  }

  changed() {
    clearTimeout(this.timer);
    if (!this.look.hidden) this.timer = setTimeout(() => this.draw(), CALM);
  }

  async draw() {
    const content = this.words.value;
    const shown = this.look.querySelector(".content");
    if (this.look.hidden || !content.trim()) return shown.replaceChildren();
    const { ok, body } = await ask(this.form.action, { content, preview: "1" });
    if (!ok || content !== this.words.value) return;
    fill(shown, body.html);
    this.threads.dress(shown);
  }

  // Sending

  async submitted(event) {
    if (event.submitter?.name === "preview" || !this.place.dataset.socket) return;
    event.preventDefault();
    if (this.isSending) return;
    this.isSending = true;
    this.problem("");
    const { ok, body, code, sentence } = await ask(this.form.action, new FormData(this.form));
    this.isSending = false;
    if (!ok) return this.problem(sentence, code);
    this.sent(body);
  }

  sent({ id, state, html }) {
    const top = this.form.elements.reply_to.value && this.form.closest(".thread")?.dataset.top;
    const isNamed = !this.form.elements.name;
    this.words.value = "";
    this.form.elements.nonce.value = crypto.randomUUID();
    this.look.hidden = true;
    this.goHome();
    if (!isNamed) return location.reload(); // from here on the page knows who this is
    const shown = state === "approved" ? this.threads.putOwn({ id, top, html }) : this.wait(html);
    this.threads.say(state === "approved" ? "Your comment is there." : "Your comment waits for approval. Only you see it yet.");
    shown?.scrollIntoView({ block: "nearest" });
  }

  wait(html) {
    const item = document.createElement("li");
    item.append(this.threads.draw(html));
    this.place.querySelector(".waiting-list").append(item);
    this.place.querySelector(".nobody")?.setAttribute("hidden", "");
    return item;
  }

  problem(sentence, code) {
    const isOfName = code === "bad_name" && this.form.elements.name;
    const where = this.form.querySelector(isOfName ? "#comment-name-error" : "#comment-error");
    for (const one of this.form.querySelectorAll(".problem")) one.textContent = "";
    where.textContent = sentence;
    const field = isOfName ? this.form.elements.name : this.words;
    field.toggleAttribute("aria-invalid", false);
    if (!sentence) return;
    field.setAttribute("aria-invalid", "true");
    field.focus();
  }
}
