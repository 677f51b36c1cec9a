/* Reactions: what stands below a message is what is known. One's own show at once, and are taken back when refused. */

import { sayReactions } from "./drawing.js";

export class Reactions {
  /** `changed(change)` hands on what the reader did; `may(then)` goes on once there is a name to do it under. */
  constructor(messages, { changed, may }) {
    Object.assign(this, { messages, changed, may });
    messages.list.addEventListener("submit", (event) => {
      const item = event.target.closest(".message");
      if (!item || !event.target.closest(".reactions")) return;
      event.preventDefault();
      const { emoji } = read(event.target);
      may(() => this.toggle(item, { emoji }));
    });
  }

  /** From the picker: what the reader holds already stays. */
  join(item, reaction) {
    if (!all(item).find((one) => one.emoji === reaction.emoji)?.me) this.toggle(item, reaction);
  }

  /** Joins in, or takes back what is there already. */
  toggle(item, reaction) {
    const known = all(item).find((one) => one.emoji === reaction.emoji);
    const me = !known?.me;
    this.set(item, known ?? { ...reaction, count: 0 }, me);
    this.changed({ type: me ? "react" : "unreact", id: item.dataset.id, emoji: reaction.emoji });
  }

  /** The same backwards, without telling the site: it has refused. */
  undo({ type, id, emoji }) {
    const item = this.messages.find(id);
    const known = item && all(item).find((one) => one.emoji === emoji);
    if (known && known.me === (type === "react")) this.set(item, known, !known.me);
    else if (item && type === "unreact" && !known) this.set(item, { emoji, emoji_name: emoji.split(":")[0], count: 0 }, true);
  }

  set(item, reaction, me) {
    const count = reaction.count + (me === Boolean(reaction.me) ? 0 : me ? 1 : -1);
    this.put(item, { ...reaction, me, count });
  }

  /** A frame: `count` is the truth, `person` who did it. */
  heard({ type, id, person, ...frame }, you) {
    const item = this.messages.find(id);
    if (!item) return;
    const known = all(item).find((one) => one.emoji === frame.emoji);
    const me = person === you?.id ? type === "reaction_add" : Boolean(known?.me);
    this.put(item, { ...known, ...frame, me });
  }

  put(item, reaction) {
    const others = all(item);
    const place = others.findIndex((one) => one.emoji === reaction.emoji);
    if (place >= 0) others.splice(place, 1, reaction);
    else others.push(reaction);
    sayReactions(item, others.filter((one) => one.count > 0));
  }
}

/** The reactions of a message as they stand on the page. */
export function all(item) {
  return [...item.querySelectorAll(":scope > .reactions form")].map(read);
}

/** An update tells everybody the same: what is the reader's own is known here. */
export function withOwn(item, message) {
  const own = new Set(all(item).filter((one) => one.me).map((one) => one.emoji));
  return { ...message, reactions: message.reactions.map((one) => ({ ...one, me: one.me ?? own.has(one.emoji) })) };
}

function read(form) {
  const picture = form.querySelector("img");
  return {
    emoji: form.elements.emoji.value,
    emoji_name: picture?.alt ?? form.querySelector(".face").textContent,
    emoji_url: picture?.getAttribute("src") ?? null,
    count: Number(form.querySelector(".votes").textContent),
    me: form.elements.on.getAttribute("aria-pressed") === "true",
  };
}
