/* The text as readers will see it, drawn by the site: asked for after a short rest, one at a time, and the last one wins. */

import { ask } from "../hangout/asking.js";
import { fill } from "../hangout/elements.js";

const REST = 500; // milliseconds, as is the next
const PATIENCE = 15_000;

export class Reading {
  constructor(page, field) {
    this.field = field;
    this.address = page.dataset.preview;
    this.section = page.querySelector(".reading");
    this.place = this.section.querySelector(".article");
    this.problem = this.section.querySelector(".reading-problem");
    this.drawn = null;
    this.section.hidden = false;
    addEventListener("online", () => this.changed(0));
  }

  /** On a phone it is behind the words, and not asked for until it is looked at. */
  get isSeen() {
    return this.section.getClientRects().length > 0;
  }

  changed(rest = REST) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), rest);
  }

  async look() {
    const { value: body } = this.field;
    if (!this.isSeen || this.isBusy || body === this.drawn) return;
    this.isBusy = true;
    const answer = await ask(this.address, { body }, PATIENCE).catch(() => null);
    this.isBusy = false;
    this.show(answer, body);
    if (answer && this.field.value !== body) this.changed();
  }

  show(answer, body) {
    const { error } = answer?.body ?? {};
    if (answer?.ok) {
      this.drawn = body;
      fill(this.place, answer.body.html);
    } else if (answer?.status === 429 || answer?.status === 503) {
      this.changed(1000 * (error?.retry_after ?? 2));
    } else if (answer) {
      this.drawn = body; // asking again would not help
    }
    this.section.classList.toggle("stale", !answer?.ok);
    const words = answer ? (answer.ok || answer.status === 429 ? "" : error?.message ?? "That could not be drawn.") : "No connection: this is how it was before.";
    if (this.problem.textContent !== words) this.problem.textContent = words;
  }
}
