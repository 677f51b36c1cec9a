/* For members, on every page: how much waits in their chats, in the header and in the window's title, and a short word
   about what has just come. Without a connection it stays as the server has drawn it. */

import { countInTitle } from "./title.js";

const LONGEST_WAIT = 60_000; // milliseconds, as all here
const CALM = 600; // what is read at once, here or in another window, is no news
const SHOWN_FOR = 10_000;

const place = document.querySelector(".notes");
const address = new URL(place.dataset.socket, location.href);
address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
const here = document.querySelector("main.hangout")?.dataset.room;

let socket = null;
let failures = 0;
let rooms = {};
let requests = 0;
let timer = 0;
let known = null; // what has been told already, so that only what is new is told

function open() {
  clearTimeout(timer);
  const mine = (socket = new WebSocket(address));
  mine.onmessage = ({ data }) => mine === socket && heard(JSON.parse(data));
  mine.onclose = () => mine === socket && again();
}

function again() {
  failures += 1;
  timer = setTimeout(open, Math.min(LONGEST_WAIT, 1000 * 2 ** failures) * (0.75 + Math.random() / 2));
}

function heard(frame) {
  if (frame.type === "hello") rooms = { ...frame.rooms };
  else if (frame.type === "unread") rooms[frame.room] = frame.unread;
  else if (frame.type !== "requests") return;
  failures = 0;
  requests = frame.requests;
  known ??= { rooms: { ...rooms }, requests };
  dispatchEvent(new Event("noted"));
  clearTimeout(show.timer);
  show.timer = setTimeout(show, CALM);
}

function show() {
  const unread = Object.values(rooms).reduce((all, one) => all + one, 0);
  sayCount(unread + requests);
  const before = known;
  known = { rooms: { ...rooms }, requests };
  for (const [room, count] of Object.entries(rooms)) {
    if (count > (before.rooms[room] ?? 0) && !(room === here && !document.hidden)) tellOfMessage(room);
  }
  if (requests > before.requests) tell("request", `${place.dataset.chats}`, "Somebody asks for a chat");
}

function sayCount(count) {
  countInTitle("chats", count);
  for (const badge of document.querySelectorAll("[data-unread]")) {
    badge.hidden = count === 0;
    badge.textContent = count > 99 ? "99+" : `${count}`;
  }
}

/** The socket carries numbers only; whose they are is in the list of chats. */
async function tellOfMessage(room) {
  const answer = await fetch(place.dataset.chats, { headers: { Accept: "application/json" } }).catch(() => null);
  const { chats } = (answer?.ok && (await answer.json().catch(() => null))) || { chats: [] };
  const chat = chats.find((one) => one.room === room);
  if (chat?.unread) tell(`room ${room}`, chat.url, `Message from ${chat.name}`);
}

/** One of a kind at a time; it goes by itself once it has been in sight for a while. */
function tell(kind, address, words) {
  place.querySelector(`[data-kind="${CSS.escape(kind)}"]`)?.remove();
  const note = document.createElement("p");
  note.className = "note-of pixel";
  note.dataset.kind = kind;
  const link = document.createElement("a");
  link.href = address;
  link.textContent = words;
  const shut = document.createElement("button");
  shut.type = "button";
  shut.className = "link";
  shut.textContent = "Close";
  shut.addEventListener("click", () => note.remove());
  note.append(link, shut);
  place.append(note);
  fade(note);
}

function fade(note) {
  setTimeout(() => {
    if (document.hidden || note.matches(":hover, :focus-within")) fade(note);
    else note.remove();
  }, SHOWN_FOR);
}

addEventListener("online", () => socket?.readyState === WebSocket.CLOSED && open());
addEventListener("pageshow", (event) => event.persisted && open());
sayCount(Number(document.querySelector("[data-unread]")?.dataset.unread ?? 0));
open();
