/* Live cards: what the page was drawn with, kept true while it is open. The server draws each card anew; here it is put in its
   place, with what the reader was at in it. Without this file the page stays as it was drawn. */

import { Connection } from "./hangout/connection.js";
import { choose } from "./hangout/house.js";
import { element, fill } from "./hangout/elements.js";
import { sayAge, sayTimes } from "./cards/ages.js";
import { News } from "./cards/news.js";

const TICK = 15_000; // milliseconds

const place = document.querySelector(".now");
const list = place.querySelector(".cards");
const order = place.dataset.order.split(" ");
const news = new News(document.getElementById("card-news"));

const connection = new Connection(place.dataset.socket, { asks, heard, changed: () => {} });

function cards() {
  return [...list.children];
}

function find(name) {
  return cards().find((card) => card.dataset.card === name);
}

function asks() {
  return new URLSearchParams({ have: cards().map(({ dataset }) => `${dataset.card}:${dataset.version}`).join(",") });
}

function heard(frame) {
  if (frame.type === "hello") {
    for (const card of frame.cards) show(card);
    confirm(frame.ages);
  }
  if (frame.type === "card") show(frame);
  if (frame.type === "ages") confirm(frame.ages);
  if (frame.type === "hello" || frame.type === "lamp") light(frame.owner);
}

function light(owner) {
  document.documentElement.dataset.lamp = owner;
  choose(document.querySelector(".lamp-words"), owner);
}

/** Nothing has changed but that it is still so. */
function confirm(ages) {
  for (const [name, age] of Object.entries(ages)) {
    const card = find(name);
    if (card) begin(card, age);
  }
}

function show({ name, html }) {
  const old = find(name);
  const card = html ? fill(element("div"), html).firstElementChild : null;
  if (card) {
    begin(card, Number(card.dataset.age));
    if (old) replace(old, card);
    else list.insertBefore(card, cards().find((other) => rank(other) > order.indexOf(name)) ?? null);
    news.tell(old?.dataset.says ?? "", card.dataset.says);
  } else if (old) {
    const beside = old.nextElementSibling ?? old.previousElementSibling ?? document.querySelector("main");
    const had = old.contains(document.activeElement);
    old.remove();
    if (had) beside.focus({ preventScroll: true });
  }
  place.hidden = list.children.length === 0;
}

function rank(card) {
  return order.indexOf(card.dataset.card);
}

/** What was opened stays open, and the focus where it was, as far as that is still there. */
function replace(old, card) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  for (const opened of old.querySelectorAll("details[open]")) {
    const same = card.querySelector(`details[data-key="${CSS.escape(opened.dataset.key)}"]`);
    if (same) same.open = true;
  }
  for (const picture of card.querySelectorAll("img")) {
    const same = [...old.querySelectorAll("img")].find((one) => one.isEqualNode(picture));
    if (same) picture.replaceWith(same); // there already: a new one would flicker
  }
  const tag = focused?.localName;
  const index = focused ? [...old.querySelectorAll(tag)].indexOf(focused) : -1;
  old.replaceWith(card);
  if (focused) (card.querySelectorAll(tag)[index] ?? card).focus({ preventScroll: true });
}

/** From now on its age is counted here. */
function begin(card, age) {
  card.dataset.age = age;
  card.since = Date.now() - age * 1000;
  sayAge(card);
  sayTimes(card);
}

for (const card of cards()) begin(card, Number(card.dataset.age));
setInterval(() => cards().forEach((card) => (sayAge(card), sayTimes(card))), TICK);
connection.open();
