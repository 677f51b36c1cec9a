/* Pictures seen large, one after the other: in rooms and in articles. Without script each link leads to the file. */

export class Lightbox {
  /** `wordsOf` tells what stands below a picture, by its link. */
  constructor(dialog, list, wordsOf) {
    this.dialog = dialog;
    this.list = list;
    this.wordsOf = wordsOf;
    this.stage = dialog.querySelector(".stage");
    list.addEventListener("click", (event) => {
      const link = event.target.closest(".look");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.open(link);
    });
    dialog.querySelector(".before").addEventListener("click", () => this.step(-1));
    dialog.querySelector(".after").addEventListener("click", () => this.step(1));
    dialog.querySelector(".shut").addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", ({ target }) => (target === dialog || target === this.stage) && dialog.close());
    dialog.addEventListener("keydown", (event) => this.pressed(event));
    dialog.addEventListener("close", () => this.closed());
  }

  /** All pictures of the list that are not covered, in their order. */
  get links() {
    return [...this.list.querySelectorAll(".look")].filter((link) => !link.closest("details:not([open])"));
  }

  open(link) {
    this.show(link);
    this.dialog.showModal();
    this.dialog.querySelector(".shut").focus();
  }

  step(by) {
    const { links } = this;
    const next = links[links.indexOf(this.link) + by];
    if (next) this.show(next);
  }

  show(link) {
    this.link = link;
    const small = link.querySelector("img");
    const picture = new Image();
    picture.src = link.href;
    picture.alt = small.alt;
    this.stage.replaceChildren(picture);
    this.dialog.querySelector("figcaption").textContent = this.wordsOf(link);
    this.dialog.querySelector(".whole").href = link.href;
    const { links } = this;
    const at = links.indexOf(link);
    this.dialog.querySelector(".place").textContent = `${at + 1} of ${links.length}`;
    this.dialog.querySelector(".before").disabled = at === 0;
    this.dialog.querySelector(".after").disabled = at === links.length - 1;
  }

  pressed(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    this.step(by);
  }

  closed() {
    this.stage.replaceChildren();
    if (this.link?.isConnected) this.link.focus({ preventScroll: true });
    this.link?.scrollIntoView({ block: "nearest" });
  }
}
