/* Browser storage that may be switched off or full: then nothing is remembered, and nothing breaks. Each room, and in a
   chat each of the two, has its own: what was typed in one must never be said in another. */

const OWNER = document.querySelector("main.hangout")?.dataset.keep ?? "hangout";

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

  set(key, value) {
    try {
      if (value) this.storage?.setItem(`${OWNER}.${key}`, value);
      else this.storage?.removeItem(`${OWNER}.${key}`);
    } catch {
      // full or forbidden
    }
  }
}

export const forTab = new Kept(() => sessionStorage);
export const forBrowser = new Kept(() => localStorage);
