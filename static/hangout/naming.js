/* The name, asked for at the first message and remembered for the next visit. */

import { join } from "./http.js";
import { forBrowser } from "./kept.js";

const NOBODY_ANSWERED = "The house did not answer. Please try again.";

export class Naming {
  constructor(place, form, { named }) {
    this.place = place;
    this.form = form;
    this.field = form.querySelector("input");
    this.problem = form.querySelector(".problem");
    this.named = named;
    const remembered = forBrowser.get("name");
    if (remembered && !this.problem.textContent) this.field.value = remembered;
    const cancel = form.querySelector(".cancel");
    cancel.hidden = false;
    cancel.addEventListener("click", () => this.close());
    form.addEventListener("submit", (event) => this.submit(event));
    form.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
  }

  /** Shows the form; `then(you)` is called once there is a name, `instead()` if there will be none. */
  ask(then, instead) {
    this.then = then;
    this.instead = instead;
    this.place.classList.add("asking");
    this.field.focus();
    this.field.select();
  }

  close() {
    this.place.classList.remove("asking", "asked");
    this.say("");
    this.instead?.();
    this.then = this.instead = null;
  }

  async submit(event) {
    event.preventDefault();
    this.say("");
    const answer = await join(this.form, this.field.value).catch(() => null);
    if (!answer?.ok) return this.say(answer?.body?.error?.message ?? NOBODY_ANSWERED);
    const { you } = answer.body;
    forBrowser.set("name", you.name);
    const then = this.then;
    this.then = this.instead = null;
    this.place.classList.remove("asking", "asked");
    this.named(you);
    then?.(you);
  }

  say(words) {
    this.problem.textContent = words;
    this.field.toggleAttribute("aria-invalid", Boolean(words));
    if (!words) return;
    this.field.setAttribute("aria-invalid", "true");
    this.field.focus();
  }
}
