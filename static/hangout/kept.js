/* Browser storage that may be switched off or full: then nothing is remembered, and nothing breaks. */

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
      return this.storage?.getItem(`hangout.${key}`) ?? null;
    } catch {
      return null;
    }
  }

  set(key, value) {
    try {
      if (value) this.storage?.setItem(`hangout.${key}`, value);
      else this.storage?.removeItem(`hangout.${key}`);
    } catch {
      // full or forbidden
    }
  }
}

export const forTab = new Kept(() => sessionStorage);
export const forBrowser = new Kept(() => localStorage);
