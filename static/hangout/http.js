/* The same room without a socket: history pages, looking for news every few seconds, and messages by form. */

const JSON_PLEASE = { Accept: "application/json" };
const EVERY = 5_000; // milliseconds
const EVERY_UNSEEN = 30_000;

/** Resolves to `{status, ok, body}`; rejects only when nobody answered. */
async function ask(address, form) {
  const options = form ? { method: "POST", body: new URLSearchParams(form) } : {};
  const answer = await fetch(address, { ...options, headers: JSON_PLEASE, signal: AbortSignal.timeout(10_000) });
  const body = await answer.json().catch(() => null);
  return { ok: answer.ok && body !== null, body, status: answer.status };
}

export function history(address, query) {
  return ask(`${address}?${new URLSearchParams(query)}`);
}

export function join(form, name) {
  return ask(form.action, { name });
}

/** Says one message; answers as the socket would, with an `ack` or an `error` frame. */
export async function say(form, { nonce, content }) {
  const { ok, body } = await ask(form.action, { nonce, content });
  if (ok) return { type: "ack", nonce, ...body };
  const error = body?.error ?? { code: "unavailable", message: "The house did not answer. Trying again." };
  return { type: "error", nonce, ...error };
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
