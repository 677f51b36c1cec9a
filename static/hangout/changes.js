/* What is done to messages that are there: edits, deletions, reactions. Each is sent again until it is acknowledged,
   over any number of connections; the site takes the same one as often as it comes. */

import { forTab } from "./kept.js";
import { newNonce, PASSING } from "./outbox.js";

const PATIENCE = 10_000; // milliseconds; the site answers within 5 seconds or closes
const OPPOSITE = { react: "unreact", unreact: "react" };

export class Changes {
  /** `transmit(entry)` puts one on its way; `done(entry)` and `refused(entry, words)` tell how it ended; `stuck()` that it did not. */
  constructor({ transmit, done, refused, stuck }) {
    Object.assign(this, { transmit, done, refused, stuck });
    this.isOpen = false;
    this.underWay = null;
    this.entries = read();
  }

  /** `change` is a frame of the protocol without its nonce. What it makes needless and has not left is dropped. */
  add(change) {
    this.entries = this.entries.filter((one) => one.nonce === this.underWay || !replaces(change, one));
    this.entries.push({ ...change, nonce: newNonce() });
    this.keep();
    this.pump();
  }

  clear() {
    this.entries = [];
    this.keep();
  }

  open() {
    this.isOpen = true;
    this.pump();
  }

  close() {
    this.isOpen = false;
    this.underWay = null;
    clearTimeout(this.timer);
  }

  acked({ nonce }) {
    const entry = this.take(nonce);
    if (entry) this.done(entry);
    this.goOn(nonce);
  }

  /** Refused for now: tried again in a while. Refused for good: told, and forgotten. */
  failed({ nonce, code, message, retry_after: wait }) {
    clearTimeout(this.timer);
    if (code in PASSING) {
      this.timer = setTimeout(() => this.goOn(nonce), 1000 * (wait ?? PASSING[code]) + 50);
      return;
    }
    const entry = this.take(nonce);
    if (entry) this.refused(entry, message);
    this.goOn(nonce);
  }

  knows(nonce) {
    return this.entries.some((one) => one.nonce === nonce);
  }

  pump() {
    const [entry] = this.entries;
    if (!this.isOpen || this.underWay || !entry) return;
    this.underWay = entry.nonce;
    this.timer = setTimeout(() => this.stuck(), PATIENCE);
    this.transmit(entry);
  }

  goOn(nonce) {
    if (this.underWay !== nonce) return;
    clearTimeout(this.timer);
    this.underWay = null;
    this.pump();
  }

  take(nonce) {
    const entry = this.entries.find((one) => one.nonce === nonce);
    this.entries = this.entries.filter((one) => one !== entry);
    this.keep();
    return entry;
  }

  keep() {
    forTab.set("changes", this.entries.length ? JSON.stringify(this.entries) : "");
  }
}

function replaces(change, other) {
  if (change.id !== other.id) return false;
  if (change.type === "delete") return true;
  const isSame = change.type === other.type || OPPOSITE[change.type] === other.type;
  return isSame && change.emoji === other.emoji;
}

function read() {
  try {
    return JSON.parse(forTab.get("changes") ?? "[]");
  } catch {
    return [];
  }
}
