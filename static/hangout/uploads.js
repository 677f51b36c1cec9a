/* Pictures on their way to the site, before the message that they go with: sent at once, and again when that failed. */

import { describe, send } from "./asking.js";
import { sizeOf } from "./files.js";
import { forTab } from "./kept.js";
import { Tile } from "./tiles.js";

const MOST = 4;
const FINAL = ["bad_picture", "too_large"]; // for these the site will never take it
const KINDS = ["image/png", "image/jpeg", "image/webp", "image/gif"];

export class Uploads {
  /** `largest` is in bytes; `say(words)` tells what is wrong; `changed()` is called whenever there is another number of pictures. */
  constructor(form, { address, largest, say, changed }) {
    Object.assign(this, { address, largest, say, changed });
    this.place = form.querySelector(".tiles");
    this.news = form.querySelector(".tiles-news");
    this.entries = [];
    this.waiting = [];
    addEventListener("online", () => this.goOn());
    for (const kept of read()) this.keepTile({ ...kept, state: "done" });
  }

  get isEmpty() {
    return this.entries.length === 0;
  }

  /** Whether all of them are there, so that the message may go. */
  get isWhole() {
    return !this.isBusy && this.entries.every((one) => one.state === "done");
  }

  /** Whether one of them can only be taken out. */
  get isRefused() {
    return this.entries.some((one) => one.state === "refused");
  }

  get isBusy() {
    return this.entries.some((one) => one.state === "sending" || one.state === "stalled" || one.naming);
  }

  /** Takes what fits; what does not is said in one sentence. */
  add(files) {
    const problems = [];
    for (const file of files) {
      const problem = this.wrongWith(file);
      if (problem) problems.push(problem);
      else this.begin(file);
    }
    this.say([...new Set(problems)].join(" "));
  }

  wrongWith(file) {
    if (!KINDS.includes(file.type)) return `${file.name || "This"} is not a picture that can be shown here (PNG, JPEG, WebP or GIF).`;
    if (file.size > this.largest) return `${file.name} has ${sizeOf(file.size)}; a picture may have ${Math.floor(this.largest / 1024 ** 2)} MB.`;
    if (this.entries.length >= MOST) return `Up to ${MOST} pictures go with one message.`;
    return "";
  }

  begin(file) {
    const entry = { file, name: file.name || "picture", size: file.size, alt: "", state: "sending" };
    this.keepTile(entry);
    this.transmit(entry);
  }

  keepTile(entry) {
    entry.tile = new Tile(entry, {
      remove: () => this.remove(entry),
      retry: () => this.transmit(entry),
      described: (alt) => this.describe(entry, alt),
    });
    this.entries.push(entry);
    this.place.append(entry.tile.item);
    this.tell();
  }

  async transmit(entry) {
    this.set(entry, "sending");
    entry.sent = send(this.address, entry.file, entry.alt, (part) => entry.tile.progress(part));
    const { ok, body, nobody } = await entry.sent.answer;
    if (!this.entries.includes(entry)) return;
    if (ok) {
      const asked = entry.alt;
      Object.assign(entry, body, { alt: asked });
      this.set(entry, "done");
      if ((body.alt ?? "") !== asked) await this.describe(entry, asked);
      this.news.textContent = `${entry.name} is ready to be sent.`;
    } else if (nobody) {
      this.set(entry, "stalled", "No connection. It goes on when there is one.");
    } else {
      this.set(entry, FINAL.includes(body?.error?.code) ? "refused" : "failed", body?.error?.message ?? "That did not work. Please try again.");
    }
  }

  /** What was waiting for a connection. */
  goOn() {
    for (const entry of this.entries) if (entry.state === "stalled") this.transmit(entry);
  }

  async describe(entry, alt) {
    entry.alt = alt;
    this.keep();
    if (entry.state !== "done") return; // it goes with the picture
    const naming = (entry.naming = describe(`${this.address}/${entry.id}/alt`, alt));
    const answer = await naming.catch(() => null);
    if (entry.naming === naming) entry.naming = null;
    if (!answer?.ok) this.say("The description could not be kept. Please change it once more.");
    this.settle();
  }

  remove(entry) {
    entry.sent?.stop();
    const at = this.entries.indexOf(entry);
    this.entries = this.entries.filter((one) => one !== entry);
    entry.tile.item.remove();
    this.news.textContent = `${entry.name} is taken out.`;
    this.tell();
    return this.entries[Math.min(at, this.entries.length - 1)]?.tile.focus();
  }

  /** Resolves when nothing is under way any more, to whether all of them are there. */
  ready() {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.settle();
    });
  }

  settle() {
    if (this.isBusy) return;
    for (const resolve of this.waiting.splice(0)) resolve(this.isWhole);
  }

  /** Hands over the pictures, as attachments of a message. */
  take() {
    const files = this.entries.map(({ id, url, name, content_type, size, width, height, alt }) => ({
      id, url, name, kind: "picture", content_type, size, width, height, alt, spoiler: false, voice: false, duration: null, srcset: [],
    }));
    this.entries = [];
    this.place.replaceChildren();
    this.news.textContent = "";
    this.tell();
    return files;
  }

  clear() {
    this.entries = [];
    this.keep();
  }

  set(entry, state, words = "") {
    entry.state = state;
    entry.tile.show(state, words);
    this.keep();
    this.settle();
  }

  tell() {
    this.place.hidden = this.isEmpty;
    this.keep();
    this.changed();
    this.settle();
  }

  /** What has arrived outlives a reload; a file that has not cannot be kept. */
  keep() {
    const done = this.entries.filter((one) => one.state === "done");
    const kept = done.map(({ id, url, name, content_type, size, width, height, alt }) => ({ id, url, name, content_type, size, width, height, alt }));
    forTab.set("pictures", kept.length ? JSON.stringify(kept) : "");
  }
}

function read() {
  try {
    return JSON.parse(forTab.get("pictures") ?? "[]");
  } catch {
    return [];
  }
}
