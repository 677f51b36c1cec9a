/* For members, on every page: how much waits in their chats, in the header and in the window's title, and a short word
   about what has just come. Without a connection it stays as the server has drawn it. */

import { countInTitle } from "./title.js";

const LONGEST_WAIT = 60_000; // milliseconds, as all here
const CALM = 600; // what is read at once, here or in another window, is no news
const SHOWN_FOR = 10_000;
const ENDED = "the session has ended"; // here one is nobody any more until the page comes anew

const place = document.querySelector(".notes");
const badges = document.querySelectorAll("[data-unread]");
const room = document.querySelector("main.hangout")?.dataset.room; // the chat that is open on this page
const address = new URL(place.dataset.socket, location.href);
address.protocol = location.protocol === "https:" ? "wss:" : "ws:";

let socket = null;
let failures = 0;
let now = { rooms: {}, requests: 0 };
let told = null; // what the page says already
let names = {};
let timers = {};

function open() {
  clearTimeout(timers.open);
  const mine = (socket = new WebSocket(address));
  mine.onmessage = ({ data }) => mine === socket && heard(JSON.parse(data));
  mine.onclose = ({ reason }) => mine === socket && reason !== ENDED && again();
}

function again() {
  failures += 1;
  timers.open = setTimeout(open, Math.min(LONGEST_WAIT, 1000 * 2 ** failures) * (0.75 + Math.random() / 2));
}

const handlers = {
  hello: ({ rooms, requests }) => ({ rooms, requests }),
  unread: (frame) => ({ rooms: { ...now.rooms, [frame.room]: frame.unread }, requests: frame.requests }),
  requests: ({ requests }) => ({ ...now, requests }),
  chat(frame) {
    if (frame.state === "left" && frame.room === room) location.assign(place.dataset.chats);
    const rooms = { ...now.rooms };
    if (frame.state === "left") delete rooms[frame.room];
    if (frame.state === "open" && frame.room !== room) tell(frame.room, `${place.dataset.chats}/${frame.room}`, `You can talk with ${frame.name} now`);
    return { rooms, requests: frame.requests };
  },
};

function heard(frame) {
  const handler = handlers[frame.type];
  if (!handler) return;
  failures = 0;
  now = handler(frame);
  if (frame.name) names[frame.room ?? "requests"] = frame.name;
  told ??= now;
  dispatchEvent(new Event("noted"));
  clearTimeout(timers.show);
  timers.show = setTimeout(show, CALM);
}

function show() {
  const before = told;
  told = now;
  sayCount(Object.values(now.rooms).reduce((all, one) => all + one, now.requests));
  for (const [id, count] of Object.entries(now.rooms)) {
    const isOpen = id === room && !document.hidden;
    if (!count) forget(id);
    else if (count > (before.rooms[id] ?? 0) && names[id] && !isOpen) tell(id, `${place.dataset.chats}/${id}`, `Message from ${names[id]}`);
  }
  if (!now.requests) forget("requests");
  else if (now.requests > before.requests) tell("requests", place.dataset.chats, `${names.requests ?? "Somebody"} asks for a chat`);
}

function sayCount(count) {
  countInTitle("chats", count);
  for (const badge of badges) {
    badge.hidden = count === 0;
    badge.textContent = count > 99 ? "99+" : `${count}`;
  }
}

/** One for each chat; it goes by itself once it has been in sight for a while, or when there is nothing to it any more. */
function tell(kind, url, words) {
  forget(kind);
  const note = element("p", { className: "note-of pixel" }, element("a", { href: url }, words));
  note.dataset.kind = kind;
  const shut = element("button", { type: "button", className: "link" }, "Close");
  shut.addEventListener("click", () => note.remove());
  note.append(shut);
  place.append(note);
  fade(note);
}

function forget(kind) {
  place.querySelector(`[data-kind="${CSS.escape(kind)}"]`)?.remove();
}

function fade(note) {
  setTimeout(() => {
    if (document.hidden || note.matches(":hover, :focus-within")) fade(note);
    else note.remove();
  }, SHOWN_FOR);
}

function element(tag, properties, child) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(child);
  return made;
}

addEventListener("online", () => socket?.readyState === WebSocket.CLOSED && open());
addEventListener("pageshow", (event) => event.persisted && open());
countInTitle("chats", Number(place.dataset.count));
open();
