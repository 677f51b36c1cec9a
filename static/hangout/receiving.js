/* What comes from the site is put on the page: changes one by one, what was missed, or a fresh page. */

import { sayRelay } from "./drawing.js";
import { history } from "./http.js";

const MOST = 500; // messages on the page

export class Receiving {
  /** `you()` tells who reads, `outbox` what of theirs is still on its way; `said(content)` is told what of theirs is there. */
  constructor({ messages, announcing, scrolling, unread, older, outbox, address, you, said }) {
    Object.assign(this, { messages, announcing, scrolling, unread, older, outbox, address, you, said });
  }

  startOver(page) {
    const { messages } = this;
    this.quietly(() => {
      messages.hasOlder = false; // or upsert would leave what is older to its own page
      messages.reset(page);
      messages.hasOlder = page.length > 0; // if not, the next older page says so
      this.older.show();
    });
  }

  take(changes) {
    const { messages, announcing, scrolling, unread } = this;
    const you = this.you();
    const news = changes.filter((one) => !one.deleted && !messages.find(one.id) && one.author.id !== you?.id).length;
    if (news) announcing.expect(news);
    else announcing.hush();
    const wasAtEnd = scrolling.isAtEnd;
    scrolling.keepPlace(() => {
      for (const message of changes) {
        this.adoptOwn(message);
        if (!message.deleted && message.author.id === you?.id) this.said(message.content);
        const isNew = messages.upsert(message) && message.author.id !== you?.id;
        if (isNew && document.hidden) unread.add();
      }
      if (news && (document.hidden || !wasAtEnd)) unread.mark();
    });
    if (news && !wasAtEnd) scrolling.offer(news);
    if (!wasAtEnd) return;
    scrolling.seen();
    if (messages.trim(MOST)) this.older.show(); // a window left open for days must not grow for ever
  }

  /** Our own message may come back before its ack: then the one that waits here is it. */
  adoptOwn(message) {
    const { messages } = this;
    const first = this.outbox.entries.find((one) => !one.failed);
    const isOurs = first?.tried && !message.deleted && message.author.id === this.you()?.id;
    if (isOurs && first.content === message.content && !messages.find(message.id)) messages.settle(first.nonce, message.id);
  }

  /** A relay's progress has no seq: after a gap, what still says "on the site" is looked up once. */
  async askForRelays() {
    if (!this.messages.list.querySelector('.mine[data-relay="pending"]')) return;
    const answer = await history(this.address, {}).catch(() => null);
    for (const { id, relay } of answer?.ok ? answer.body.messages : []) this.relay({ id, state: relay });
  }

  relay({ id, state, reason }) {
    const item = this.messages.find(id);
    if (item) sayRelay(item, state, reason);
  }

  /** Changes the list without a word read aloud, and without moving what is being read. */
  quietly(change) {
    this.announcing.hush();
    this.scrolling.keepPlace(change);
  }
}
