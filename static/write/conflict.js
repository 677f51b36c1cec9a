/* Somebody else saved in between: both texts are there, and can change places, until one of them is kept. */

import { fill as draw } from "../hangout/elements.js";
import { fill, read } from "./fields.js";

export class Conflict {
  constructor(place, form, { keep }) {
    Object.assign(this, { place, form });
    this.words = place.querySelector(".conflict-words");
    this.title = place.querySelector("#theirs-title");
    this.body = place.querySelector("#theirs-body");
    const [mine, swap] = place.querySelectorAll(".conflict-acts button");
    this.swapping = swap;
    mine.addEventListener("click", () => this.close(keep));
    swap.addEventListener("click", () => this.swap());
  }

  open({ fields, revision, who, at, lines }) {
    Object.assign(this, { fields, revision, isTheirs: true });
    this.saved = `${who || "Somebody"} saved this${at ? ` at ${at}` : ""} while you were writing.`;
    this.show();
    this.place.querySelector(".conflict-acts").hidden = false;
    if (lines !== undefined) this.compare(lines);
    this.place.hidden = false;
    this.place.focus();
    this.place.scrollIntoView({ block: "nearest" });
  }

  compare(lines) {
    const place = this.place.querySelector(".conflict-lines");
    place.hidden = !lines;
    draw(place.lastElementChild, lines);
  }

  show() {
    this.words.textContent = this.isTheirs ? `${this.saved} What you have typed is in the form.` : "This is what you had typed. What was saved is in the form now.";
    this.title.value = this.fields.title ?? "";
    this.body.value = this.fields.body ?? "";
    this.swapping.textContent = this.isTheirs ? "Take the other text" : "Take mine again";
  }

  swap() {
    const mine = read(this.form);
    fill(this.form, this.fields);
    this.fields = mine;
    this.isTheirs = !this.isTheirs;
    this.form.dispatchEvent(new Event("input"));
    this.show();
  }

  close(keep) {
    this.place.hidden = true;
    this.form.elements.body.focus();
    keep(this.revision);
  }
}
