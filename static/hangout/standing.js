/* Whether one may speak just now, and how often: a room that is closed, slow mode, oneself muted, held back or shown out. */

import { fill } from "./elements.js";
import { labelWritten } from "./times.js";

const LOCKED = "The room is closed for writing right now. You can still read.";
const SAID_HERE = ["muted", "room_locked"];
export const NOT_SENT = "Not sent.";
const RAID = " Many new people came at once, so what newcomers say is looked at first.";

export class Standing {
  constructor(speak, held) {
    this.speak = speak;
    this.line = speak.querySelector(".standing");
    this.slow = speak.querySelector(".slow");
    this.held = held;
    if (this.line) labelWritten(this.line);
    this.slowmode = 0;
    this.nextAt = 0;
  }

  /** How one may speak here from now on: `room` of a hello, or a frame of that name. */
  hear({ locked, slowmode, alarm, muted, muted_html: html, on_record: onRecord }) {
    this.slowmode = slowmode;
    this.shut(muted ?? (locked ? LOCKED : ""), { html, onRecord });
    this.isRaided = alarm === "raid";
    this.count();
  }

  banned({ message, html }) {
    this.shut(message, { html, onRecord: true });
    if (this.held) this.held.hidden = true; // nobody looks at it any more
  }

  /** `html` is the same as the server has drawn it, with its time and where to write to. */
  shut(words, { html, onRecord }) {
    if (!this.line) return;
    this.speak.classList.toggle("shut", Boolean(words));
    this.line.hidden = !words;
    this.line.querySelector(".to-record").hidden = !onRecord;
    const place = this.line.querySelector(".standing-words");
    if (this.said === `${words}${html}`) return;
    this.said = `${words}${html}`;
    if (html) labelWritten(fill(place, html));
    else place.textContent = words;
  }

  // Slow mode

  /** One's own message has arrived, or must wait for `wait` seconds. Whether that is said here. */
  spoke(wait = this.slowmode) {
    if (!this.slowmode || !this.slow) return false;
    this.nextAt = Date.now() + 1000 * wait;
    this.count();
    return true;
  }

  count() {
    clearTimeout(this.timer);
    if (!this.slow) return;
    this.slow.hidden = !this.slowmode;
    if (this.slow.hidden) return;
    const rule = `Slow mode: one message every ${this.slowmode} s.${this.isRaided ? RAID : ""}`;
    const place = this.slow.querySelector(".slow-words");
    if (place.textContent !== rule) place.textContent = rule;
    const left = Math.ceil((this.nextAt - Date.now()) / 1000);
    this.slow.querySelector(".slow-wait").textContent = left > 0 ? ` Your next one can go in ${left} s.` : "";
    if (left > 0) this.timer = setTimeout(() => this.count(), 1000);
  }

  /** A refusal as it is shown at the message: what stands in place of the form, or counts down by it, is said there. */
  brief(frame) {
    if (SAID_HERE.includes(frame.code)) return { ...frame, message: NOT_SENT };
    const isCounted = frame.code === "rate_limited" && this.spoke(frame.retry_after);
    return isCounted ? { ...frame, message: "" } : frame;
  }

  // What waits for a moderator

  /** Shown to its author behind all that was said, for as long as nobody has looked at it. */
  hold({ content, nonce }) {
    const item = document.createElement("li");
    Object.assign(item.dataset, { content, nonce });
    item.append(Object.assign(document.createElement("div"), { className: "content plain", textContent: content }));
    this.held.querySelector("ol").append(item);
    this.held.hidden = false;
  }

  /** Something of one's own is there for all to read: it does not wait any more. */
  cameThrough(content) {
    if (!this.held || this.held.hidden) return;
    [...this.held.querySelectorAll("li")].find((item) => item.dataset.content === content)?.remove();
    this.held.hidden = !this.held.querySelector("li");
  }

  /** A moderator has looked at these, and will not have them said. */
  notLetThrough(nonces) {
    const items = [...(this.held?.querySelectorAll("li") ?? [])].filter((item) => nonces.includes(item.dataset.nonce));
    for (const item of items) item.classList.add("refused");
    if (items.length) this.held.querySelector(".not-let-through").hidden = false;
  }
}
