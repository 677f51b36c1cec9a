/* Draws one message from the page's own <template>, which the same partial fills on the server. */

import { labelClock, labelWritten } from "./times.js";

const NOBODY = { id: "", name: "You", avatar_url: "", source: "web", owner: false };
const RELAY_WORDS = { none: "", pending: "on the site", sent: "in Discord", failed: "did not reach Discord" };

// The only policy the page allows. It passes what the server has drawn and cleaned; everything else is set as text.
const trusted = window.trustedTypes?.createPolicy("porchlight", { createHTML: (html) => html });

export function draw(message, you) {
  const item = blank();
  const mine = you?.id === message.author.id;
  describe(item, message, mine);
  fillAuthor(item, message.author);
  fillReply(item, message.reply_to);
  fillContent(item, message);
  if (mine || you?.owner) sayRelay(item, message.relay);
  else item.querySelector(".state").remove();
  const time = item.querySelector(".when time");
  time.dateTime = message.created_at;
  labelClock(time);
  return item;
}

/** A message that only its author has seen so far: plain text, and no id. */
export function drawPending(entry, you) {
  const item = draw(
    {
      id: "", author: you ?? NOBODY, html: "", created_at: entry.at, edited_at: null, reply_to: null,
      attachments: [], reactions: [], relay: "none",
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

function blank() {
  return document.getElementById("message-template").content.firstElementChild.cloneNode(true);
}

function describe(item, message, mine) {
  item.id = `m${message.id}`;
  item.dataset.id = message.id;
  item.dataset.author = message.author.id;
  item.dataset.at = message.created_at;
  item.dataset.relay = message.relay;
  item.classList.toggle("mine", mine);
  item.classList.toggle("by-owner", message.author.owner);
  item.querySelector(".when").href = `#m${message.id}`;
}

function fillAuthor(item, author) {
  if (author.avatar_url) item.querySelector(".avatar").src = author.avatar_url;
  item.querySelector(".name bdi").textContent = author.name;
  if (!author.owner) item.querySelector(".badge.owner").remove();
  if (author.source !== "discord") item.querySelector(".badge.discord").remove();
}

function fillReply(item, original) {
  const link = item.querySelector(".reply");
  if (!original) return link.remove();
  link.href = `#m${original.id}`;
  link.querySelector("b").textContent = original.author_name;
  link.querySelector(".excerpt").textContent = original.excerpt;
}

function fillContent(item, message) {
  const content = item.querySelector(".content");
  content.innerHTML = trusted ? trusted.createHTML(message.html) : message.html;
  labelWritten(content);
  const edited = item.querySelector(".edited");
  if (!message.edited_at) edited.remove();
  const below = item.querySelector(".state");
  if (message.attachments?.length) below.before(drawFiles(message.attachments));
  if (message.reactions?.length) below.before(drawReactions(message.reactions));
}

/** A file that lies elsewhere is a link, never a picture: the page asks nobody but its own site. */
function drawFiles(files) {
  const list = element("ul", "files");
  for (const file of files) {
    const isHere = file.url.startsWith("/");
    const link = element("a", "file");
    link.href = file.url;
    if (isHere && file.content_type?.startsWith("image/") && file.width) {
      link.className = "";
      const image = new Image(file.width, file.height);
      image.loading = "lazy";
      image.alt = file.alt || file.name;
      image.src = file.url;
      link.append(image);
    } else {
      if (isHere) link.download = "";
      else link.rel = "nofollow ugc noopener noreferrer";
      link.textContent = file.name;
    }
    list.append(element("li", "", link));
  }
  return list;
}

function drawReactions(reactions) {
  const list = element("ul", "reactions");
  list.setAttribute("aria-label", "Reactions");
  for (const { emoji, count, me } of reactions) list.append(element("li", me ? "me" : "", `${emoji} ${count}`));
  return list;
}

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}
