/* Saving what is written. In this browser at once; on the site a draft after a short rest, anything else only when asked.
   One request is under way at a time, and one that nobody answered is made again until it is. */

import { ask } from "../hangout/asking.js";
import { forBrowser } from "../hangout/kept.js";
import { mark, read, same } from "./fields.js";

const NOTICE = 300; // milliseconds, as all here
const REST = 3_000; // after the last change
const LONGEST = 15_000; // after the first one that is not saved
const LONGEST_WAIT = 30_000;
const PATIENCE = 30_000;
const PASSING = [408, 429];

export class Saving {
  /** `say(state, words)` shows how it stands, `refused(field, words)` what is wrong with what was typed,
   * `conflict(theirs)` what somebody else saved.
   */
  constructor(form, { isDraft, seen, isFresh, say, refused, conflict }) {
    Object.assign(this, { form, isDraft, seen, say, refused, conflict });
    this.last = read(form);
    this.saved = isFresh ? this.last : null; // what came back refused is saved nowhere
    this.failures = 0;
    this.tried = null;
    this.isStopped = false;
    addEventListener("online", () => this.waiting && this.save(this.waiting));
    addEventListener("pagehide", () => this.notice());
    document.addEventListener("visibilitychange", () => document.hidden && this.notice());
  }

  get isUnsaved() {
    return !same(read(this.form), this.saved);
  }

  changed() {
    clearTimeout(this.noticing);
    this.noticing = setTimeout(() => this.notice(), NOTICE);
  }

  notice() {
    clearTimeout(this.noticing);
    const fields = read(this.form);
    if (same(fields, this.last)) return;
    this.last = fields;
    this.refused("", "");
    if (same(fields, this.saved)) return this.calm();
    const isKept = this.keep(fields);
    if (this.waiting) return;
    const words = isKept ? "Not saved yet; kept in this browser" : "Not saved yet";
    this.say("unsaved", this.isDraft ? "Not saved yet" : words);
    this.rest();
  }

  /** A draft goes to the site by itself, nothing that readers see does. */
  rest() {
    if (!this.isDraft || this.isStopped) return;
    this.due ??= Date.now() + LONGEST;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save("autosave"), Math.max(0, Math.min(REST, this.due - Date.now())));
  }

  keep(fields, more = {}) {
    return forBrowser.set("words", JSON.stringify({ fields, seen: this.seen, tried: this.tried, ...more }));
  }

  calm() {
    clearTimeout(this.timer);
    this.due = null;
    forBrowser.set("words", "");
    this.say("saved", this.at ? `Saved ${this.at}` : "");
  }

  async save(act = "save") {
    clearTimeout(this.timer);
    if (this.isStopped) return;
    if (this.underWay) return void (this.next = act);
    this.underWay = this.transmit(act, read(this.form));
    await this.underWay;
    this.underWay = null;
    const { next } = this;
    this.next = null;
    if (next && this.isUnsaved && !this.waiting) await this.save(next);
  }

  async transmit(act, fields) {
    this.waiting = null;
    this.due = null;
    this.say("saving", "Saving…");
    const before = this.tried;
    this.tried = mark(fields);
    if (!same(fields, this.saved)) this.keep(fields); // should the page go before the answer comes
    const answer = await ask(this.form.action, { ...fields, act, seen: this.seen }, PATIENCE).catch(() => null);
    if (!answer || answer.status >= 500 || PASSING.includes(answer.status)) return this.wait(act, answer, before);
    this.failures = 0;
    if (answer.ok) return this.settled(answer.body, fields);
    return this.failed(answer.body?.error ?? {}, answer.status, act, before);
  }

  wait(act, answer, before) {
    this.failures += 1;
    this.waiting = act;
    this.tried = answer ? before : this.tried; // one that was answered changed nothing
    const wait = 1000 * (answer?.body?.error?.retry_after ?? 0) || Math.min(LONGEST_WAIT, 1000 * 2 ** this.failures);
    this.timer = setTimeout(() => this.save(act), wait);
    const words = answer ? "Not saved yet: the site is busy. It will be tried again." : "Not saved yet: no connection. It will be tried again.";
    this.say("waiting", words);
  }

  settled({ revision, state }, fields) {
    this.seen = revision;
    this.form.elements.seen.value = revision;
    this.isDraft = state === "draft";
    this.saved = fields;
    this.tried = null;
    this.at = new Intl.DateTimeFormat(undefined, { timeStyle: "short" }).format();
    this.last = null;
    this.calm();
    this.notice();
  }

  failed({ code, field = "form", message, theirs }, status, act, before) {
    if (code === "conflict" && before !== null && before === mark(theirs.fields)) {
      this.seen = theirs.revision; // it was oneself: only the answer was lost
      this.form.elements.seen.value = this.seen;
      return void (this.next = act);
    }
    this.tried = null;
    if (code === "conflict") {
      this.isStopped = true;
      this.say("refused", "Not saved: somebody else has saved in between.");
      return this.conflict(theirs);
    }
    if (code === "not_draft") this.isDraft = false;
    this.say("refused", status === 404 ? "Not saved: you cannot write here any more. Your words are kept in this browser." : "Not saved.");
    if (status !== 404) this.refused(field, message ?? "That did not work. Please try again.");
    else this.isStopped = true;
  }

  /** After a conflict: what stands in the form is to be the newest. */
  goOn(revision) {
    this.isStopped = false;
    this.seen = revision;
    this.form.elements.seen.value = revision;
    this.saved = null;
    return this.save("save");
  }

  /** Before the form is sent as forms are: nothing else is under way then, and what is kept says so. */
  async settle() {
    clearTimeout(this.timer);
    this.next = null;
    await this.underWay;
    clearTimeout(this.timer);
    this.tried = mark(read(this.form));
    this.keep(read(this.form));
  }
}
