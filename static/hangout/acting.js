/* What may be done about messages that are there, joined: the bar beside them, reactions, replies, edits, deletions. */

import { Changes } from "./changes.js";
import { Deleting } from "./deleting.js";
import { pageOf } from "./drawing.js";
import { Editing } from "./editing.js";
import { UNDESCRIBED } from "./files.js";
import { change as changeByForm, changeLeaving } from "./http.js";
import { Jumping } from "./jumping.js";
import { Lightbox } from "./lightbox.js";
import { Picker } from "./picker.js";
import { Reactions } from "./reactions.js";
import { Replying } from "./replying.js";
import { Tools } from "./tools.js";

export class Acting {
  /**
   * `send(frame)` puts a frame on the socket if there is one; `heard(frame)` takes what came by form instead;
   * `stuck()` says that no answer came; `named(then)` goes on once there is a name.
   */
  constructor(room, { messages, composer, older, scrolling, announcing, send, heard, stuck, named }) {
    Object.assign(this, { room, messages, composer, announcing, send, heard, stuck, named });
    this.window = Number(room.dataset.editWindow) * 1000;
    const quietly = () => announcing.hush();
    const back = () => composer.field.focus({ preventScroll: true });
    this.changes = new Changes({
      transmit: (entry) => this.transmit(entry),
      done: (entry) => entry.type === "edit" && this.editing.saved(entry),
      refused: (entry, words) => this.refused(entry, words),
      stuck,
    });
    this.replying = new Replying(composer.form, messages);
    this.editing = new Editing(messages, { max: composer.max, save: (id, content) => this.changes.add({ type: "edit", id, content }), closed: back, quietly });
    this.deleting = new Deleting(messages, {
      remove: (id) => this.changes.add({ type: "delete", id }),
      leave: (id) => changeLeaving({ type: "delete", id }),
      undone: back,
      quietly,
    });
    this.reactions = new Reactions(messages, { changed: (change) => this.changes.add(change), may: (then) => named(then) });
    this.picker = new Picker(room, { chosen: (item, reaction) => this.reactions.join(item, reaction) });
    this.tools = new Tools(room, messages, { acts: this.acts(), offers: (item) => this.offers(item) });
    this.jumping = new Jumping(messages, { older, scrolling, announcing, sorry: (words) => this.tell(words, "say") });
    this.lightbox = new Lightbox(room.querySelector(".lightbox"), messages.list, wordsOf);
  }

  acts() {
    return {
      react: (item) => this.named(() => this.picker.open(item)),
      reply: (item) => this.named(() => this.replying.begin(item)),
      edit: (item) => this.editing.begin(item),
      delete: (item, how) => (this.editing.id === item.dataset.id && this.editing.end(), this.deleting.begin(item, how)),
      copy: (item) => this.copy(item),
      report: (item) => location.assign(this.room.dataset.report.replace(/\/0$/, `/${item.dataset.id}`)),
      remove: (item) => location.assign(`${pageOf(item.dataset.id)}#remove`),
    };
  }

  offers(item) {
    const own = item.matches(".mine");
    const last = own ? ["delete", "copy"] : ["copy", "report"];
    if (this.isOver) return last;
    return ["react", "reply", ...(this.mayEdit(item) ? ["edit"] : []), ...(this.mayRemove && !own ? ["remove"] : []), ...last];
  }

  get mayRemove() {
    return Boolean(this.messages.you?.owner) && !this.room.matches(".chat");
  }

  /** In a chat that the other has left nothing is said any more. */
  get isOver() {
    return this.room.matches(".closed");
  }

  mayEdit(item) {
    const isFresh = Date.now() - new Date(item.dataset.at) < this.window;
    return !this.isOver && item.matches(".mine:not(.deleting)") && item.dataset.content !== undefined && isFresh;
  }

  /** The reader's last words, where they may still be changed. Returns whether there are any. */
  editLast() {
    const own = [...this.messages.list.querySelectorAll(".mine[data-id]:not([data-id=''], .deleting)")];
    const last = own.at(-1);
    if (!last || !this.mayEdit(last)) return false;
    this.editing.begin(last);
    return true;
  }

  async copy(item) {
    const address = new URL(pageOf(item.dataset.id), location.href).href;
    const done = await navigator.clipboard?.writeText(address).then(() => true, () => false);
    this.tell(done ? "The link is copied." : `The link: ${address}`, "note");
    item.querySelector(".more").focus({ preventScroll: true });
  }

  transmit(entry) {
    if (this.send(entry)) return;
    changeByForm(entry).then(this.heard, this.stuck);
  }

  refused(entry, words) {
    if (entry.type === "edit") this.editing.refused(entry.id, words);
    else if (entry.type === "delete") this.deleting.refused(entry.id);
    else this.reactions.undo(entry);
    if (entry.type !== "edit" || this.editing.id !== entry.id) this.composer.say(words);
  }

  /** What a message says now, or null when it is gone. */
  requoted(id, words) {
    this.replying.requote(id, words);
    if (words === null) this.editing.tend();
  }

  /** For a while, as a problem (`say`) or quietly (`note`). */
  tell(words, how) {
    const { composer } = this;
    const place = how === "say" ? composer.problem : composer.notice;
    composer[how](words);
    clearTimeout(this.hushing);
    this.hushing = setTimeout(() => place.textContent === words && composer[how](""), 6_000);
  }
}

function wordsOf(link) {
  const { alt } = link.querySelector("img");
  return alt === UNDESCRIBED ? "" : alt;
}
