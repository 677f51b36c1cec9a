/* The list of messages: one item per id, in the order of ids, with what is still on its way at the end. */

import { draw, drawPending, leadTo, sayState } from "./drawing.js";
import { neighbour, regroup, regroupAll, regroupAround } from "./grouping.js";
import { withOwn } from "./reactions.js";
import { excerptOf } from "./replying.js";
import { coverSpoilers } from "./spoilers.js";
import { labelClock, labelEdited, labelWritten } from "./times.js";

const DELETED = "(this message was deleted)";
const OWN_PARTS = ".undo, .editor"; // what the reader is just doing with it

/** Ids are whole numbers written as strings, longer than a number can hold exactly. */
export function compareIds(a, b) {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

export class Messages {
  /** `requoted(id, words)` is told what a message says now, or null when it is gone. */
  constructor(list, { empty, older, requoted }) {
    this.list = list;
    this.requoted = requoted;
    this.empty = empty;
    this.hasOlder = older;
    this.you = null;
    for (const time of list.querySelectorAll(".when time")) labelClock(time);
    for (const time of list.querySelectorAll(".edited time")) labelEdited(time);
    labelWritten(list);
    coverSpoilers(list);
    regroupAll(list);
  }

  get first() {
    return this.list.querySelector(":scope > .message[data-id]:not([data-id=''])");
  }

  get last() {
    return [...this.list.querySelectorAll(":scope > .message[data-id]:not([data-id=''])")].at(-1) ?? null;
  }

  find(id) {
    return document.getElementById(`m${id}`);
  }

  pending(nonce) {
    return this.list.querySelector(`:scope > [data-nonce="${CSS.escape(nonce)}"]`);
  }

  /** Puts a message where it belongs. Returns its item if it was not there before, else null. */
  upsert(message) {
    const known = this.find(message.id);
    if (message.deleted) {
      if (known) this.remove(known);
      this.requote(message.id, null);
      return null;
    }
    if (known) {
      this.redraw(known, message);
      this.requote(message.id, excerptOf(known));
      return null;
    }
    const first = this.first;
    if (first && this.hasOlder && compareIds(message.id, first.dataset.id) < 0) return null; // older pages bring it
    const item = draw(message, this.you);
    this.insert(item);
    return item;
  }

  insert(item) {
    let before = this.list.lastElementChild;
    while (before && !(before.dataset.id && compareIds(before.dataset.id, item.dataset.id) < 0)) {
      before = before.previousElementSibling;
    }
    if (before) before.after(item);
    else this.list.prepend(item);
    regroupAround(item);
    this.tellEmpty();
  }

  prepend(messages) {
    const fresh = messages.filter((message) => !message.deleted && !this.find(message.id));
    for (const message of fresh.reverse()) {
      const item = draw(message, this.you);
      this.list.prepend(item);
      regroupAround(item);
    }
  }

  /** In its place: files that stay the same are not touched, so that what plays goes on and what is uncovered stays so. */
  redraw(known, message) {
    const item = draw(withOwn(known, message), this.you);
    const focused = known.contains(document.activeElement) ? document.activeElement : null;
    const files = sameFiles(known, item);
    const doing = [...known.querySelectorAll(`:scope > :is(${OWN_PARTS})`)];
    for (const part of [...known.children]) if (part !== files && !doing.includes(part)) part.remove();
    let place = known.firstChild;
    for (const part of [...item.children]) {
      if (files && part.matches(".files")) place = files.nextSibling;
      else known.insertBefore(part, place);
    }
    for (const editor of doing) if (editor.matches(".editor")) known.querySelector(".content").after(editor);
    Object.assign(known.dataset, item.dataset);
    for (const name of ["mine", "by-owner", "system"]) known.classList.toggle(name, item.classList.contains(name));
    known.querySelector(".more").tabIndex = -1;
    regroupAround(known);
    if (focused && !focused.isConnected) known.querySelector(".more").focus({ preventScroll: true });
    else focused?.focus({ preventScroll: true });
  }

  /** Those who answered it quote what it says now. */
  requote(id, words) {
    for (const link of this.list.querySelectorAll(`.reply[data-to="${CSS.escape(id)}"]`)) {
      link.querySelector(".excerpt").textContent = words ?? DELETED;
      link.classList.toggle("dead", words === null);
    }
    this.requoted(id, words);
  }

  remove(item) {
    const next = neighbour(item, "nextElementSibling");
    const line = item.previousElementSibling;
    item.remove();
    if (line?.classList.contains("day") && line.nextElementSibling !== next) line.remove();
    if (next) regroup(next);
    else if (line?.classList.contains("day")) line.remove();
    this.tellEmpty();
  }

  /** Starts over with a page, keeping what is still on its way. */
  reset(messages) {
    for (const item of [...this.list.children]) {
      if (!item.dataset.nonce || item.dataset.id) item.remove();
    }
    for (const message of messages) this.upsert(message);
    regroupAll(this.list);
    this.tellEmpty();
  }

  /** Forgets the oldest beyond `most`; they come back as an older page. Returns whether there were any. */
  trim(most) {
    const items = this.list.querySelectorAll(":scope > .message");
    const surplus = [...items].slice(0, Math.max(0, items.length - most));
    for (const item of surplus) this.remove(item);
    this.hasOlder ||= surplus.length > 0;
    return surplus.length > 0;
  }

  addPending(entry) {
    const item = drawPending(entry, this.you);
    this.list.append(item);
    regroup(item);
    this.tellEmpty();
    return item;
  }

  /** The site has it now, under this id. The message itself may have come already, or comes next. */
  settle(nonce, id) {
    const item = this.pending(nonce);
    if (!item) return;
    delete item.dataset.nonce;
    if (this.find(id) && this.find(id) !== item) return this.remove(item);
    item.id = `m${id}`;
    item.dataset.id = id;
    leadTo(item, id);
    sayState(item, "", "on the site");
  }

  /** Whose page it is has changed: mark what is theirs. */
  belongTo(you) {
    this.you = you;
    for (const item of this.list.querySelectorAll(":scope > .message")) {
      item.classList.toggle("mine", Boolean(you) && item.dataset.author === you.id);
    }
  }

  tellEmpty() {
    this.empty.hidden = this.list.querySelector(":scope > .message") !== null;
  }
}

/** The files of the message as they stand, when the new drawing has just the same. */
function sameFiles(known, item) {
  const [old, fresh] = [known, item].map((one) => one.querySelector(":scope > .files"));
  const sources = (files) => [...files.querySelectorAll("[src], .file")].map((one) => one.getAttribute("src") ?? one.href).join(" ");
  return old && fresh && sources(old) === sources(fresh) ? old : null;
}
