/* Draws one message from the page's own <template>, which the same partial fills on the server. */

import { element, face, fill } from "./elements.js";
import { drawBelow } from "./extras.js";
import { coverSpoilers } from "./spoilers.js";
import { labelClock, labelEdited, labelWritten } from "./times.js";

const NOBODY = { id: "", name: "You", avatar_url: "", source: "web", owner: false };
const NOTHING = { stickers: [], forward: null, poll: null, cards: [], thread: null };
export const SENDING = { sending: "sending…", waiting: "goes by itself, as soon as it may" };
const RELAY_WORDS = { none: "", pending: "on the site", sent: "in Discord", failed: "did not reach Discord" };

export function draw(message, you) {
  const item = blank();
  const mine = you?.id === message.author.id;
  describe(item, message, mine);
  fillAuthor(item, message.author);
  fillReply(item, message.reply_to);
  fillContent(item, message);
  if (mine || you?.owner) sayRelay(item, message.relay);
  else item.querySelector(".state").remove();
  if (!mine) item.querySelector(".tick")?.remove();
  const time = item.querySelector(".when time");
  time.dateTime = message.created_at;
  labelClock(time);
  return item;
}

/** A message that only its author has seen so far: plain text, and no id. */
export function drawPending(entry, you) {
  const item = draw(
    {
      id: "", kind: "said", author: you ?? NOBODY, content: entry.content, html: "", created_at: entry.at,
      edited_at: null, reply_to: entry.reply_to ?? null, attachments: entry.files ?? [], extras: NOTHING,
      reactions: [], relay: "none",
    },
    you,
  );
  item.removeAttribute("id");
  item.dataset.nonce = entry.nonce;
  const content = item.querySelector(".content");
  content.classList.add("plain");
  content.textContent = entry.content;
  return item;
}

export function sayRelay(item, relay, reason) {
  item.dataset.relay = relay;
  const words = item.querySelector(".state-words");
  if (words) words.textContent = relay === "failed" && reason ? `${RELAY_WORDS.failed}: ${reason}` : RELAY_WORDS[relay];
}

/** How far an own message has come before the site has it: `sending`, `failed`, or "" once it is there. */
export function sayState(item, state, words) {
  if (state) item.dataset.state = state;
  else delete item.dataset.state;
  item.querySelector(".state-words").textContent = words;
  for (const button of item.querySelectorAll(".state button")) button.hidden = state !== "failed";
}

/** The address of a message's own page. */
export function pageOf(id) {
  return document.querySelector("main.hangout").dataset.message.replace("/0", `/${id}`);
}

/** Puts the reactions below a message, or what is left of them; the focus stays on the same emoji. */
export function sayReactions(item, reactions) {
  const old = item.querySelector(":scope > .reactions");
  const held = old?.contains(document.activeElement) && document.activeElement.form?.elements.emoji.value;
  const list = reactions.length ? drawReactions(item.dataset.id, reactions) : null;
  if (old && list) old.replaceWith(list);
  else if (list) item.append(list);
  else old?.remove();
  const state = item.querySelector(":scope > .state");
  if (list && state) item.append(state);
  const again = held && [...(list?.querySelectorAll("form") ?? [])].find((form) => form.elements.emoji.value === held);
  if (held) (again?.elements.on ?? item.querySelector(".more")).focus({ preventScroll: true });
}

function blank() {
  return document.getElementById("message-template").content.firstElementChild.cloneNode(true);
}

function describe(item, message, mine) {
  item.id = `m${message.id}`;
  item.dataset.id = message.id;
  if (item.dataset.seq !== undefined) item.dataset.seq = message.seq ?? ""; // in chats
  item.dataset.author = message.author.id;
  item.dataset.at = message.created_at;
  item.dataset.relay = message.relay;
  item.classList.toggle("mine", mine);
  item.classList.toggle("by-owner", message.author.owner);
  item.classList.toggle("system", message.kind === "system");
  if (mine) item.dataset.content = message.content;
  else delete item.dataset.content;
  item.querySelector(".more").tabIndex = -1; // one of them can be reached with Tab (tools.js)
  leadTo(item, message.id);
}

/** Its links lead to its own page. */
export function leadTo(item, id) {
  for (const link of item.querySelectorAll(":scope > .more, .when")) link.setAttribute("href", pageOf(id));
}

function fillAuthor(item, author) {
  if (author.avatar_url) item.querySelector(".avatar").src = author.avatar_url;
  item.querySelector(".name bdi").textContent = author.name;
  item.querySelector(".more").setAttribute("aria-label", `More about the message of ${author.name}`);
  if (!author.owner) item.querySelector(".badge.owner").remove();
  if (author.source !== "discord") item.querySelector(".badge.discord").remove();
  if (author.source !== "web" || !author.linked) item.querySelector(".linked").remove();
  const link = item.querySelector(".name a");
  if (author.username) link.setAttribute("href", `/people/${author.username}`);
  else link.replaceWith(...link.childNodes);
}

function fillReply(item, original) {
  const link = item.querySelector(".reply");
  if (!original) return link.remove();
  link.setAttribute("href", pageOf(original.id));
  link.dataset.to = original.id;
  link.classList.toggle("dead", Boolean(original.deleted));
  link.querySelector("b").textContent = original.author_name;
  link.querySelector(".excerpt").textContent = original.excerpt;
}

function fillContent(item, message) {
  fill(item.querySelector(".content"), message.html);
  const edited = item.querySelector(".edited");
  if (message.edited_at) labelEdited(edited.firstElementChild, message.edited_at);
  else edited.remove();
  item.querySelector(".state").before(...drawBelow(message));
  labelWritten(item);
  coverSpoilers(item);
  if (message.reactions.length) sayReactions(item, message.reactions);
}

function drawReactions(id, reactions) {
  const list = element("ul", { class: "reactions", "aria-label": "Reactions" });
  for (const reaction of reactions) {
    const emoji = element("input", { type: "hidden", name: "emoji", value: reaction.emoji });
    const button = element(
      "button",
      { class: "reaction", name: "on", value: reaction.me ? "0" : "1", "aria-pressed": `${Boolean(reaction.me)}` },
      face(reaction), " ", element("span", { class: "votes" }, `${reaction.count}`),
    );
    list.append(element("li", {}, element("form", { method: "post", action: `${pageOf(id)}/react` }, emoji, button)));
  }
  return list;
}
