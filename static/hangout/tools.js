/* The bar of what may be done about a message. One for all: it comes to the message that is pointed at, or whose
   "…" is chosen; on a phone it lies at the lower edge. */

const GAP = 12; // pixels that it stands above the message's own edge

const hovers = matchMedia("(hover: hover) and (width > 40rem)"); // else the bar is a sheet, which must be asked for

export class Tools {
  /** `acts` are called with the message's item; `offers(item)` tells which of them there are for it. */
  constructor(room, messages, { acts, offers }) {
    Object.assign(this, { room, messages, acts, offers });
    this.bar = room.querySelector(".tools");
    this.list = messages.list;
    this.item = this.stop = null;
    for (const link of this.list.querySelectorAll(".more")) link.tabIndex = -1;
    this.list.addEventListener("click", (event) => this.clicked(event));
    this.list.addEventListener("keydown", (event) => this.walked(event));
    this.bar.addEventListener("click", (event) => this.chosen(event));
    this.bar.addEventListener("keydown", (event) => this.moved(event));
    this.bar.addEventListener("focusout", (event) => this.isHeld && !this.bar.contains(event.relatedTarget) && this.hide());
    room.addEventListener("pointerover", (event) => this.pointed(event));
    room.addEventListener("pointerleave", () => this.isHeld || this.hide());
    room.querySelector(".scroller").addEventListener("scroll", () => this.isHeld || this.hide(), { passive: true });
    document.addEventListener("pointerdown", ({ target }) => this.isOutside(target) && this.hide());
    new MutationObserver(() => this.tend()).observe(this.list, { childList: true });
    this.tend();
  }

  /** One "…" can be reached with Tab, the newest message's; from there the arrow keys lead on. */
  tend() {
    if (this.item && !this.item.isConnected) this.hide();
    const isUsed = this.stop?.isConnected && this.stop === document.activeElement;
    const last = this.messages.last?.querySelector(".more");
    if (last && !isUsed) this.rove(last);
  }

  rove(link) {
    if (this.stop && this.stop !== link) this.stop.tabIndex = -1;
    this.stop = link;
    link.tabIndex = 0;
  }

  walked(event) {
    const direction = { ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling" }[event.key];
    if (!direction || !event.target.matches(".more")) return;
    event.preventDefault();
    let item = event.target.closest(".message")[direction];
    while (item && !canBeActedOn(item)) item = item[direction];
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

  pointed({ target, pointerType }) {
    if (pointerType !== "mouse" || !hovers.matches || this.isHeld || this.bar.contains(target)) return;
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
    placeBeside(this.bar, item, this.room);
  }

  hide() {
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

/** Puts a panel over the upper edge of a message, and keeps it within the room. */
export function placeBeside(panel, item, room) {
  const frame = room.getBoundingClientRect();
  const bounds = room.querySelector(".scroller").getBoundingClientRect();
  const highest = bounds.top - frame.top + 4;
  const lowest = bounds.bottom - frame.top - panel.offsetHeight - 4;
  const wanted = item.getBoundingClientRect().top - frame.top - GAP;
  panel.style.setProperty("--y", `${Math.round(Math.max(highest, Math.min(wanted, lowest)))}px`);
}
