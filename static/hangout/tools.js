/* The bar of what may be done about a message. One for all: it comes to the message that is pointed at, or whose
   "…" is chosen; on a phone it lies at the lower edge. */

import { Beside } from "./beside.js";

const WALKS = ["ArrowUp", "ArrowDown", "Home", "End"];

const hovers = matchMedia("(hover: hover) and (width > 40rem)"); // else the bar is a sheet, which must be asked for

export class Tools {
  /** `acts` are called with the message's item; `offers(item)` tells which of them there are for it. */
  constructor(room, messages, { acts, offers }) {
    Object.assign(this, { acts, offers });
    this.bar = room.querySelector(".tools");
    this.list = messages.list;
    this.item = this.stop = this.at = null;
    this.beside = new Beside(this.bar, room, { stays: () => this.isHeld || this.isPointedAt(), lost: () => this.goAway() });
    for (const link of this.list.querySelectorAll(".more")) link.tabIndex = -1;
    this.list.addEventListener("click", (event) => this.clicked(event));
    this.list.addEventListener("keydown", (event) => this.walked(event));
    this.bar.addEventListener("click", (event) => this.chosen(event));
    this.bar.addEventListener("keydown", (event) => this.moved(event));
    this.bar.addEventListener("focusout", (event) => this.isHeld && !this.bar.contains(event.relatedTarget) && this.hide());
    room.addEventListener("pointerover", (event) => this.pointed(event));
    room.addEventListener("pointermove", (event) => this.came(event), { passive: true });
    room.addEventListener("pointerleave", () => this.isHeld || this.hide());
    document.addEventListener("pointerdown", ({ target }) => this.isOutside(target) && this.hide());
    new MutationObserver(() => this.tend()).observe(this.list, { childList: true, subtree: true, attributeFilter: ["data-id"] });
    this.tend();
  }

  /** One "…" can be reached with Tab, the newest message's; from there the arrow keys lead on. */
  tend() {
    const isUsed = this.stop?.isConnected && this.stop === document.activeElement;
    const last = this.items.at(-1)?.querySelector(".more");
    if (last && !isUsed) this.rove(last);
  }

  get items() {
    return [...this.list.querySelectorAll(":scope > .message")].filter(canBeActedOn);
  }

  rove(link) {
    if (this.stop && this.stop !== link) this.stop.tabIndex = -1;
    this.stop = link;
    link.tabIndex = 0;
  }

  /** From whatever has the focus in a message to the "…" of the next one; Home and End lead to the first and the last. */
  walked(event) {
    if (!WALKS.includes(event.key) || event.target.matches("textarea, input, audio, video")) return;
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { items } = this;
    const here = event.target.closest(".message");
    const is = event.key === "ArrowUp" ? Node.DOCUMENT_POSITION_PRECEDING : Node.DOCUMENT_POSITION_FOLLOWING;
    const onward = event.key.startsWith("Arrow") ? items.filter((one) => here.compareDocumentPosition(one) & is) : items;
    const item = onward.at(event.key === "ArrowUp" || event.key === "End" ? -1 : 0);
    if (!item) return;
    this.rove(item.querySelector(".more"));
    this.stop.focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest" });
  }

  clicked(event) {
    const link = event.target.closest(".more");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const item = link.closest(".message");
    if (!canBeActedOn(item)) return;
    this.rove(link);
    this.show(item);
    this.isHeld = true;
    this.buttons[0].focus({ preventScroll: true });
  }

  came({ clientX, clientY }) {
    this.at = { x: clientX, y: clientY };
  }

  /** Only when the pointer itself has moved: a list that moves below it must not bring another message's bar to it. */
  pointed(event) {
    const { target, pointerType } = event;
    const isStill = this.at?.x === event.clientX && this.at.y === event.clientY;
    this.came(event);
    if (isStill || pointerType !== "mouse" || !hovers.matches || this.isHeld || this.bar.contains(target)) return;
    const item = target.closest(".message");
    if (item && canBeActedOn(item)) this.show(item);
    else this.hide();
  }

  get buttons() {
    return [...this.bar.querySelectorAll("button:not([hidden])")];
  }

  show(item) {
    if (this.item !== item) this.hide();
    this.item = item;
    item.classList.add("chosen");
    const offered = this.offers(item);
    for (const button of this.bar.querySelectorAll("button")) button.hidden = !offered.includes(button.dataset.act);
    for (const [place, button] of this.buttons.entries()) button.tabIndex = place ? -1 : 0;
    this.bar.hidden = false;
    this.beside.put(item);
  }

  isPointedAt() {
    return this.at !== null && this.item.contains(document.elementFromPoint(this.at.x, this.at.y));
  }

  /** The message has left; who had the focus here gets it back beside what is there. */
  goAway() {
    if (!this.item.isConnected) this.tend();
    const link = this.bar.contains(document.activeElement) && (this.item.isConnected ? this.item.querySelector(".more") : this.stop);
    this.hide();
    if (link) link.focus({ preventScroll: true });
  }

  hide() {
    this.beside.leave();
    this.item?.classList.remove("chosen");
    this.bar.hidden = true;
    this.item = null;
    this.isHeld = false;
  }

  chosen(event) {
    const act = event.target.closest("button")?.dataset.act;
    const { item } = this;
    if (!act || !item) return;
    this.hide();
    this.acts[act](item, { byKey: event.detail === 0 });
  }

  moved(event) {
    if (event.key === "Escape") {
      const link = this.item.querySelector(".more");
      this.hide();
      return link.focus({ preventScroll: true });
    }
    const { buttons } = this;
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = buttons.at(to % buttons.length);
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
  }

  isOutside(target) {
    return this.item && !this.bar.contains(target) && !target.closest(".more");
  }
}

/** Not what is on its way, taken back just now, or told by the house. */
function canBeActedOn(item) {
  return Boolean(item.matches(".message:not(.system, .deleting)") && item.dataset.id);
}
