/* What was said and not yet acknowledged. It outlives a reload, and each message keeps its nonce: the site takes a
   nonce once, so sending again is safe. One message is under way at a time, which keeps them in order. */

import { forTab } from "./kept.js";

const PATIENCE = 10_000; // milliseconds; the site answers within 5 seconds or closes
export const PASSING = { rate_limited: 1, unavailable: 2 }; // seconds to wait when the error does not say

export class Outbox {
  /**
   * `transmit(entry)` puts one on its way; `changed(entry, state, words)` shows it (`sending`, `waiting`, `failed`, `held`,
   * `dropped`, `settled`, or
   * `regretted` when it arrived after it was dropped); `stuck()` says that no answer came; `nameless()` that the site wants a name first.
   */
  constructor({ transmit, changed, said, stuck, nameless }) {
    Object.assign(this, { transmit, changed, said, stuck, nameless });
    this.isOpen = false;
    this.underWay = null;
    this.dropped = new Set();
    this.entries = read();
  }

  /** `reply_to` is what it answers, as messages quote it; `files` are uploads of this person's. */
  add(content, { reply_to = null, files = [] } = {}) {
    const entry = { nonce: newNonce(), content, at: new Date().toISOString(), reply_to, files };
    this.entries.push(entry);
    this.keep();
    this.changed(entry, "sending");
    this.pump();
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

  acked({ nonce, id }) {
    const entry = this.take(nonce);
    if (entry) this.changed(entry, "settled", id);
    else if (this.dropped.delete(nonce)) this.changed({ nonce }, "regretted", id);
    this.said("");
    this.goOn(nonce);
  }

  /** An error about one message: it passes by itself, or a name helps, or it is for good. */
  refused({ nonce, code, message, retry_after: wait }) {
    const entry = this.entries.find((one) => one.nonce === nonce);
    if (!entry) return;
    if (code in PASSING) {
      this.said(message);
      this.changed(entry, "waiting");
      this.timer = this.later(() => this.goOn(nonce), 1000 * (wait ?? PASSING[code]) + 50);
    } else if (code === "held") {
      this.take(nonce);
      this.changed(entry, "held", message);
      this.goOn(nonce);
    } else if (code === "not_joined") {
      this.close();
      this.nameless();
    } else {
      this.fail(entry, code, message);
      this.goOn(nonce);
    }
  }

  fail(entry, code, words) {
    entry.failed = words;
    entry.spent = code === "nonce_conflict"; // only this one needs another nonce
    this.keep();
    this.changed(entry, "failed", words);
  }

  failAll(words) {
    for (const entry of this.entries.filter((one) => !one.failed)) this.fail(entry, "not_joined", words);
  }

  retry(nonce) {
    const entry = this.take(nonce);
    if (!entry) return;
    this.changed(entry, "dropped");
    if (entry.spent) entry.nonce = newNonce();
    delete entry.failed;
    this.entries.push(entry); // at the end: what was said since has gone ahead
    this.keep();
    this.changed(entry, "sending");
    this.pump();
  }

  drop(nonce) {
    if (this.underWay === nonce) this.dropped.add(nonce); // it may arrive all the same
    const entry = this.take(nonce);
    if (entry) this.changed(entry, "dropped");
  }

  clear() {
    this.entries = [];
    this.keep();
  }

  pump() {
    const entry = this.entries.find((one) => !one.failed);
    if (!this.isOpen || this.underWay || !entry) return;
    this.underWay = entry.nonce;
    entry.tried = true; // from here on the site may have it
    this.keep();
    this.timer = this.later(() => this.stuck(), PATIENCE);
    this.transmit(entry);
  }

  goOn(nonce) {
    if (this.underWay !== nonce) return;
    clearTimeout(this.timer);
    this.underWay = null;
    this.pump();
  }

  later(act, delay) {
    clearTimeout(this.timer);
    return setTimeout(act, delay);
  }

  take(nonce) {
    const entry = this.entries.find((one) => one.nonce === nonce);
    this.entries = this.entries.filter((one) => one !== entry);
    this.keep();
    return entry;
  }

  keep() {
    forTab.set("outbox", this.entries.length ? JSON.stringify(this.entries) : "");
  }
}

function read() {
  try {
    return JSON.parse(forTab.get("outbox") ?? "[]");
  } catch {
    return [];
  }
}

export function newNonce() {
  // randomUUID is missing on plain http in the local network
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
