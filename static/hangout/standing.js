/* Whether one may speak just now, and how often: a room that is closed, slow mode, oneself muted, held back or shown out. */

const LOCKED = "The room is closed for writing right now. You can still read.";
const RAID = " Many new people came at once, so what newcomers say is looked at first.";

export class Standing {
  constructor(speak) {
    this.speak = speak;
    this.line = speak.querySelector(".standing");
    this.slow = speak.querySelector(".slow");
    this.held = speak.querySelector(".held");
    this.slowmode = 0;
    this.nextAt = 0;
  }

  /** How one may speak here from now on: `room` of a hello, or a frame of that name. */
  hear({ locked, slowmode, alarm, muted }) {
    this.slowmode = slowmode;
    this.shut(muted ?? (locked ? LOCKED : ""), { onRecord: Boolean(muted) });
    this.isRaided = alarm === "raid";
    this.count();
  }

  banned(words) {
    this.shut(words, { onRecord: true });
    if (this.held) this.held.hidden = true; // nobody looks at it any more
  }

  shut(words, { onRecord }) {
    if (!this.line) return;
    this.speak.classList.toggle("shut", Boolean(words));
    this.line.hidden = !words;
    this.line.querySelector(".to-record").hidden = !onRecord;
    const place = this.line.querySelector(".standing-words");
    if (place.textContent !== words) place.textContent = words;
  }

  // Slow mode

  /** One's own message has arrived, or must wait for `wait` seconds. */
  spoke(wait = this.slowmode) {
    if (!this.slowmode) return;
    this.nextAt = Date.now() + 1000 * wait;
    this.count();
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

  // What waits for a moderator

  /** Shown to its author below the form, for as long as nobody has looked at it. */
  hold(content) {
    const item = document.createElement("li");
    item.dataset.content = content;
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
}
