/* Browser storage that may be switched off or full: then nothing is remembered, and nothing breaks. Each room, and in a
   chat each of the two, has its own, and so has each post: what was typed in one must never be said in another. */

const OWNER = document.querySelector("main[data-keep]")?.dataset.keep ?? "hangout";

class Kept {
  constructor(open) {
    try {
      this.storage = open();
    } catch {
      this.storage = null;
    }
  }

  get(key) {
    try {
      return this.storage?.getItem(`${OWNER}.${key}`) ?? null;
    } catch {
      return null;
    }
  }

  /** Whether it is kept now. */
  set(key, value) {
    try {
      if (value) this.storage?.setItem(`${OWNER}.${key}`, value);
      else this.storage?.removeItem(`${OWNER}.${key}`);
      return this.storage !== null;
    } catch {
      return false; // full or forbidden
    }
  }
}

export const forTab = new Kept(() => sessionStorage);
export const forBrowser = new Kept(() => localStorage);
