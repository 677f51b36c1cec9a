/* A room, live: the hangout, or a chat. This file joins the parts; docs/protocol.md says what goes over the socket. */

import { Chat } from "./chats/chat.js";
import { Acting } from "./hangout/acting.js";
import { Announcing } from "./hangout/announcing.js";
import { Composer } from "./hangout/composer.js";
import { Connection } from "./hangout/connection.js";
import { SENDING, sayState } from "./hangout/drawing.js";
import { followSounds } from "./hangout/files.js";
import { House } from "./hangout/house.js";
import { Polling, say } from "./hangout/http.js";
import { Messages } from "./hangout/messages.js";
import { Naming } from "./hangout/naming.js";
import { Older } from "./hangout/older.js";
import { Outbox } from "./hangout/outbox.js";
import { takePictures } from "./hangout/pictures.js";
import { Record } from "./hangout/record.js";
import { Receiving } from "./hangout/receiving.js";
import { followKeyboard, Scrolling } from "./hangout/scrolling.js";
import { openSpoilers } from "./hangout/spoilers.js";
import { NOT_SENT, Standing } from "./hangout/standing.js";
import { Typing } from "./hangout/typing.js";
import { Unread } from "./hangout/unread.js";

const room = document.querySelector("main.hangout");
const speak = room.querySelector(".speak");
const forms = { say: speak.querySelector(".composer"), join: speak.querySelector(".join"), leave: speak.querySelector(".leave") };
const address = room.dataset.messages;
const list = room.querySelector(".messages");

const PATIENCE = 2000; // milliseconds in which the site should have said what it has
const LOGGED_OUT = "You are not logged in here any more. What you wrote stays: log in again to send it.";

let seq = Number(room.dataset.seq);
let you = room.dataset.you ? JSON.parse(room.dataset.you) : null;

const messages = new Messages(list, { empty: room.querySelector(".empty"), older: Boolean(room.dataset.older), requoted: (id, words) => acting.requoted(id, words) });
const announcing = new Announcing(room.querySelector(".scroller"), document.getElementById("announcer"));
const unread = new Unread(messages, { inTitle: !room.matches(".chat") }); // of chats the title tells on every page
const scrolling = new Scrolling(room.querySelector(".scroller"), room.querySelector(".pill"), { arrived: () => (unread.seen(), chat?.look()) });
const older = new Older(room.querySelector(".older").parentElement, room.querySelector(".beginning"), {
  address, messages, scrolling, announcing, brought: () => unread.mark(),
});
const house = new House(room, { retry: () => connection.retryNow() });
const composer = new Composer(forms.say, {
  max: Number(room.dataset.contentMax), send: speakUp, carries: () => !pictures.uploads.isEmpty,
  wrote: () => you && typing.wrote(), back: () => acting.editLast(),
});
const typing = new Typing(forms.say.querySelector(".typing"), { tell: () => connection.isLive && connection.send({ type: "typing" }) });
const standing = new Standing(speak, room.querySelector(".held"));
const record = new Record(speak, { refused: (nonces) => receiving.quietly(() => standing.notLetThrough(nonces)) });
const naming = forms.join && new Naming(speak, forms.join, { named: (person) => (become(person), connection.open()) });
const outbox = new Outbox({ transmit, changed: showEntry, said: (words) => composer.say(words), stuck, nameless });
const receiving = new Receiving({ messages, announcing, scrolling, unread, older, outbox, address, you: () => you, said: (content) => standing.cameThrough(content) });
const polling = new Polling(address, { after: () => seq, heard: catchUp, changed: showConnection });
const connection = new Connection(room.dataset.socket, { after: () => seq, heard, changed: followConnection });
const acting = new Acting(room, {
  messages, composer, older, scrolling, announcing, heard, stuck, named,
  send: (frame) => connection.isLive && connection.send(frame),
});
const pictures = takePictures(room, composer, {
  address: room.dataset.media, largest: Number(room.dataset.uploadMax), named,
});
const chat = room.matches(".chat") ? new Chat(room, { seq: () => seq, isAtEnd: () => scrolling.isAtEnd, send: (frame) => connection.isLive && connection.send(frame) }) : null;
let state = { name: "connecting", failures: 0 };

// What is heard

const NO_CHANGES = ["hello", "ack", "read"]; // though they carry a seq
const handlers = {
  hello(frame) {
    become(frame.you);
    house.presence(frame);
    standing.hear(frame.room);
    catchUp(frame);
    announcing.begin();
    openQueues();
    pictures.uploads.goOn();
    receiving.askForRelays();
    chat?.hello(frame);
  },
  message_create({ message }) {
    typing.stopped(message.author.id);
    receiving.take([message]);
    chat?.look();
  },
  message_update: ({ message }) => receiving.take([message]),
  message_delete: ({ id }) => receiving.take([{ id, deleted: true }]),
  reaction_add: (frame) => react(frame),
  reaction_remove: (frame) => react(frame),
  typing_start: ({ person }) => person.id !== you?.id && typing.heard(person),
  relay_state: (frame) => receiving.relay(frame),
  read: (frame) => chat?.read(frame),
  presence: (frame) => house.presence(frame),
  room: (frame) => standing.hear(frame),
  record: (frame) => record.hear(frame),
  ack(frame) {
    if (acting.changes.knows(frame.nonce)) return acting.changes.acked(frame);
    standing.spoke();
    outbox.acked(frame);
  },
  error(frame) {
    if (frame.code === "banned") showOut(frame);
    else if (!frame.nonce) composer.say(frame.message);
    else if (acting.changes.knows(frame.nonce)) acting.changes.failed(frame);
    else outbox.refused(standing.brief(frame));
  },
};

function heard(frame) {
  const isChange = frame.seq !== undefined && !NO_CHANGES.includes(frame.type);
  if (isChange && frame.seq <= seq) return;
  if (isChange && frame.seq > seq + 1) return connection.reopen(); // something went missing: ask for it
  if (isChange) seq = frame.seq;
  handlers[frame.type]?.(frame);
}

/** A hello, or a look over HTTP: every change since `seq`, or a fresh page. */
function catchUp({ seq: newest, messages: changes, reset }) {
  if (reset) receiving.startOver(changes);
  else receiving.take(changes);
  seq = newest;
  chat?.look();
}

// What is said

function speakUp(content) {
  if (!you) return named(() => (composer.field.focus(), speakUp(content)));
  if (!pictures.uploads.isWhole) return pictures.wait(() => forms.say.requestSubmit());
  showWaiting();
  composer.clear();
  outbox.add(content, { reply_to: acting.replying.take(), files: pictures.uploads.take() });
  typing.said();
  scrolling.toEnd();
  unread.unmark();
}

/** Goes on once there is a name, or not at all. */
function named(then) {
  if (you) return then();
  if (!naming) return composer.say(LOGGED_OUT);
  naming.ask(then, () => composer.field.focus());
}

function react(frame) {
  receiving.quietly(() => acting.reactions.heard(frame, you));
}

function transmit(entry) {
  const { nonce, content, reply_to: original, files } = entry;
  const frame = { type: "send", nonce, content, reply_to: original?.id, media: files?.length ? files.map((one) => one.id) : undefined };
  if (connection.isLive) return connection.send(frame);
  say(forms.say, entry).then(
    (frame) => {
      heard(frame);
      polling.look();
    },
    () => stuck(),
  );
}

function stuck() {
  closeQueues();
  if (connection.isLive) connection.open();
  else if (polling.works) setTimeout(openQueues, 2000);
}

function openQueues() {
  outbox.open();
  acting.changes.open();
}

function closeQueues() {
  outbox.close();
  acting.changes.close();
}

/** Kept out from here: what was on its way stays, for its author to copy. */
function showOut(frame) {
  standing.banned(frame);
  outbox.failAll(NOT_SENT);
  closeQueues();
}

function nameless() {
  if (!naming) return outbox.failAll(LOGGED_OUT);
  naming.ask(null, () => outbox.failAll("Choose a name to send this."));
}

/** What a reload left unsent. The site may have it already: only when it is not told so at once, it is drawn again. */
function showWaiting() {
  for (const entry of outbox.entries) if (!messages.pending(entry.nonce)) showEntry(entry, "sending");
}

function showEntry(entry, state, words) {
  if (state === "settled") return receiving.quietly(() => messages.settle(entry.nonce, words));
  if (state === "held") return (showEntry(entry, "dropped"), receiving.quietly(() => standing.hold(entry)));
  if (state === "dropped") return messages.remove(messages.pending(entry.nonce));
  if (state === "regretted") return acting.changes.add({ type: "delete", id: words });
  const item = messages.pending(entry.nonce) ?? messages.addPending(entry);
  sayState(item, state === "failed" ? state : "sending", SENDING[state] ?? words);
  if (state === "sending") setTimeout(() => offerDrop(item), 1500);
}

/** What takes longer than usual to leave can be thrown away instead. */
function offerDrop(item) {
  if (item.dataset.state === "sending") item.querySelector(".drop").hidden = false;
}

function become(person) {
  you = person;
  messages.belongTo(you);
  if (!naming) return;
  speak.classList.toggle("unnamed", !you);
  const isMember = Boolean(you?.username);
  for (const part of speak.querySelectorAll(".leave, .rename, .keep-name")) part.hidden = !you || isMember;
  speak.querySelector(".as").hidden = !you;
  speak.querySelector(".own-settings").hidden = !isMember;
  speak.querySelector(".reader").hidden = Boolean(you);
  speak.querySelector(".own-name bdi").textContent = you?.name ?? "";
}

// The connection

function followConnection(now) {
  state = now;
  if (now.name === "live") polling.stop();
  else closeQueues();
  if (now.name !== "live") typing.stop();
  if (now.failures >= 3 && navigator.onLine) polling.start();
  showConnection();
}

function showConnection() {
  house.connection({ ...state, polls: polling.works });
  if (polling.works && !connection.isLive && !outbox.isOpen && you) openQueues();
}

// The beginning

list.addEventListener("click", ({ target }) => {
  const nonce = target.closest("[data-nonce]")?.dataset.nonce;
  if (nonce && target.matches(".again")) outbox.retry(nonce);
  if (nonce && target.matches(".drop")) outbox.drop(nonce);
});
document.addEventListener("visibilitychange", () => !document.hidden && scrolling.isAtEnd && scrolling.seen());
forms.leave?.addEventListener("submit", () => [outbox, acting.changes, pictures.uploads].forEach((one) => one.clear()));
speak.querySelector(".rename")?.addEventListener("click", () => naming.ask(() => composer.field.focus(), () => composer.field.focus()));

become(you);
for (const entry of you ? outbox.entries : []) if (entry.failed) showEntry(entry, "failed", entry.failed);
if (you) setTimeout(showWaiting, PATIENCE);
unread.mark();
unread.seen();
openSpoilers(list);
followSounds(list);
followKeyboard();
connection.open();
acting.jumping.follow();
