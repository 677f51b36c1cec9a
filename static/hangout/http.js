/* The same room without a socket: history pages, looking for news every few seconds, and messages by form. */

import { ask } from "./asking.js";
import { pageOf } from "./drawing.js";

const EVERY = 5_000; // milliseconds
const EVERY_UNSEEN = 30_000;

export function history(address, query) {
  return ask(`${address}?${new URLSearchParams(query)}`);
}

export function join(form, name) {
  return ask(form.action, { name });
}

/** Says one message; answers as the socket would, with an `ack` or an `error` frame. */
export async function say(form, { nonce, content, reply_to: original, files }) {
  const fields = [["nonce", nonce], ["content", content], ...(files ?? []).map((file) => ["media", file.id])];
  if (original) fields.push(["reply_to", original.id]);
  return answerOf(nonce, await ask(form.action, fields));
}

/** Edits, deletes or reacts, by the form that stands on the message's own page. */
export async function change({ type, id, nonce, content, emoji }) {
  return answerOf(nonce, await ask(...formOf(type, id, { content, emoji })));
}

/** The same while the page goes away: nobody waits for the answer. */
export function changeLeaving({ type, id }) {
  const [address, fields] = formOf(type, id, {});
  return navigator.sendBeacon(address, new URLSearchParams(fields));
}

function formOf(type, id, { content, emoji }) {
  if (type === "edit") return [`${pageOf(id)}/edit`, { content }];
  if (type === "delete") return [`${pageOf(id)}/delete`, {}];
  return [`${pageOf(id)}/react`, { emoji, on: type === "react" ? "1" : "0" }];
}

function answerOf(nonce, { ok, body }) {
  if (ok && !body.error) return { type: "ack", ...body, nonce };
  const error = body?.error ?? { code: "unavailable", message: "The house did not answer. Trying again." };
  return { type: "error", ...error, nonce };
}

export class Polling {
  constructor(address, { after, heard, changed }) {
    Object.assign(this, { address, after, heard, changed });
    this.isOn = false;
    this.works = false;
  }

  start() {
    if (this.isOn) return;
    this.isOn = true;
    this.look();
  }

  stop() {
    this.isOn = false;
    this.works = false;
    clearTimeout(this.timer);
  }

  async look() {
    clearTimeout(this.timer);
    const answer = await history(this.address, { after: this.after() }).catch(() => null);
    if (!this.isOn) return;
    this.works = Boolean(answer?.ok);
    if (this.works) this.heard(answer.body);
    this.changed();
    this.timer = setTimeout(() => this.look(), document.hidden ? EVERY_UNSEEN : EVERY);
  }
}
