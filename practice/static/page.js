// The page: reads the state of one channel whenever something changed, shows it, and does what people ask for.
import { ask, chooseCommand, chooseEmoji, fillCommand, fillForm, runnable } from "./dialogs.js";
import { attempt, byId, element, post } from "./dom.js";
import * as extras from "./extras.js";
import { messageItem } from "./messages.js";

const notice = byId("notice");
const list = byId("messages");
const who = byId("who");
const status = byId("status");
let state = null;
let channel = "";
let replyTo = null;
let typingOver = 0;
let toldTyping = 0;
let drawnAs = new Map();
let asked = 0;
let shown = 0;
let atEnd = true;

const page = {
  names: { people: new Map(), channels: new Map(), roles: new Map() },
  me: () => who.value,
  byId: (id) => state.messages.find((each) => each.id === id),
  reply: (message) => startReply(message),
  edit: (message) => ask("Edit", "Save", message.content, (content) => post("edit", { id: message.id, content })),
  remove: (message) => attempt(notice, () => post("delete", { ids: [message.id] })),
  react: (message, emoji) => attempt(notice, () => post("react", { who: who.value, id: message.id, emoji })),
  chooseReaction: (message) => chooseEmoji(state.emojis, (emoji) => post("react", { who: who.value, id: message.id, emoji })),
  chosen: new Set(),
  opened: new Set(), // of which messages the rarer buttons are shown
  open: (id) => { channel = id; startReply(null); refresh(); },
  vote: (message, answer) => attempt(notice, () => post("vote", { who: who.value, id: message.id, answer })),
  endPoll: (message) => attempt(notice, () => post("end_poll", { id: message.id })),
  forward: (message) => extras.forward(message, rooms(), (to) => once(() => post("forward", { who: who.value, channel: to, id: message.id }))),
  thread: (message) => extras.startThread(place(), message.id),
  pin: (message) => attempt(notice, () => post("pin", { who: who.value, id: message.id })),
  unfurl: (message) => extras.unfurl(message),
  apps: () => menus(3),
  menu: (message, name) => attempt(notice, async () => answered(await post("menu", { who: who.value, id: message.id, name }))),
  suppress: (message) => attempt(notice, () => post("suppress", { id: message.id })),
  clear: (message) => attempt(notice, () => post("clear", { id: message.id })),
  choose: (message) => { if (!page.chosen.delete(message.id)) page.chosen.add(message.id); showMessages(); },
  press: (message, custom_id, values) =>
    attempt(notice, async () => answered(await post("press", { who: who.value, id: message.id, custom_id, values }))),
};

const place = () => ({ who: who.value, channel });

/** The guild's own hide the global ones of the same name. */
const menus = (type) => {
  const guild = new Set(state.commands.filter((each) => each.guild_id && each.type === type).map((each) => each.name));
  return state.commands.filter((each) => each.type === type && (each.guild_id || !guild.has(each.name)));
};

function menuOn(whom, name) {
  byId("dialog").close();
  attempt(notice, async () => answered(await post("menu", { who: who.value, whom, name })));
}

/** Does what a dialog without a button of its own was opened for, and closes it. */
const once = (work) => attempt(byId("dialog-notice"), async () => { await work(); byId("dialog").close(); });

const FAULTS = [
  ["Drop the gateway", { fault: "drop_gateway" }], ["Ask to reconnect", { fault: "reconnect" }],
  ["Lose the session", { fault: "lose_session", dropped: true }], ["Discord away for 10 s", { fault: "away", seconds: 10 }],
  ["Next post: 500, not said", { fault: "status", status: 500 }],
  ["Next post: 500, but said", { fault: "status", status: 500, when: "after" }],
  ["Next post: wait 5 s (429)", { fault: "rate_limit", retry_after: 5 }],
  ["Next post: 5 s slow", { fault: "delay", seconds: 5 }], ["Next post: cut, but said", { fault: "cut", when: "after" }],
  ["Delete the webhooks", { fault: "delete_webhooks" }], ["Next edit: 500, but done", { fault: "status", status: 500, method: "PATCH", path: "/messages/", when: "after" }],
  ["Next deletion: cut, but done", { fault: "cut", method: "DELETE", path: "/messages/", when: "after" }],
  ["All well again", { fault: "stop" }],
];
const SOURCE_FAULTS = [["Last.fm fails for a minute", { sources: ["lastfm"] }], ["All services away for a minute", {}]];

async function refresh() {
  const mine = ++asked;
  const response = await fetch(`/practice/state?channel=${channel}`);
  if (!response.ok) return;
  const read = await response.json();
  if (mine < shown) return; // a newer answer came first
  shown = mine;
  state = read;
  channel = state.channel;
  page.names.people = new Map(state.people.map((each) => [each.id, each.name]));
  page.names.channels = new Map(state.channels.map((each) => [each.id, each.name]));
  page.names.roles = new Map(state.roles.map((each) => [each.id, each.name]));
  showPeople();
  showChannels();
  showMessages();
  showScenes();
}

function showPeople() {
  const people = state.people.filter((each) => !each.bot);
  if (who.options.length !== people.length) {
    const chosen = who.value;
    who.replaceChildren(...people.map((each) => element("option", { value: each.id }, each.owner ? `${each.name} (owner)` : each.name)));
    if (chosen) who.value = chosen;
  }
  showStatus();
}

/** Of whoever speaks. The owner's lights the lamp of the site. */
function showStatus() {
  const person = state.people.find((each) => each.id === who.value);
  if (person) status.value = person.status;
}

function showChannels() {
  const mine = state.channels.filter((each) => !each.of || each.of === who.value);
  if (channel && !mine.some((each) => each.id === channel)) { // somebody else sits here now
    channel = "";
    return refresh();
  }
  const buttons = inOrder(mine).filter(isNear).map((each) => {
    const button = element("button", { type: "button" }, label(each));
    if (each.id === channel) button.setAttribute("aria-current", "page");
    button.addEventListener("click", () => { channel = each.id; startReply(null); refresh(); });
    return button;
  });
  const nav = byId("channels");
  if (nav.textContent !== buttons.map((each) => each.textContent).join("") || nav.dataset.as !== `${channel} ${who.value}`) nav.replaceChildren(...buttons);
  nav.dataset.as = `${channel} ${who.value}`;
  showTopic(state.channels.find((each) => each.id === channel));
}

const sign = (each) => each.of ? "✉ " : each.forum ? "☷ " : each.thread ? "↳ " : "#";
const label = (each) => `${sign(each)}${each.name}${each.locked ? " (locked)" : each.archived ? " (asleep)" : ""}`;

/** Threads stand below the channel they are in, the newest first. */
function inOrder(channels) {
  const threads = channels.filter((each) => each.thread).toReversed();
  return channels.filter((each) => !each.thread).flatMap((each) => [each, ...threads.filter((one) => one.parent === each.id)]);
}

/** A forum has many posts: among the channels they stand while one is there. */
function isNear(each) {
  const here = state.channels.find((one) => one.id === channel);
  const isPost = each.thread && state.channels.some((one) => one.id === each.parent && one.forum);
  return !isPost || each.parent === channel || each.parent === here?.parent;
}

/** What the channel is about; a forum's posts are opened from here, and a thread is archived and locked here. */
function showTopic(here) {
  const drawn = JSON.stringify([here, here?.forum && state.channels]);
  if (byId("topic").dataset.as === drawn) return;
  byId("topic").dataset.as = drawn;
  const button = (words, act) => {
    const made = element("button", { type: "button" }, words);
    made.addEventListener("click", act);
    return made;
  };
  const change = (words, given) => button(words, () => attempt(notice, () => post("change_thread", { ...place(), ...given })));
  const posts = here?.forum ? inOrder(state.channels).filter((each) => each.parent === here.id) : [];
  byId("topic").replaceChildren(
    here?.topic ?? "", " ",
    ...posts.map((each) => button(label(each), () => page.open(each.id))),
    ...(here?.forum ? [button("New post", () => extras.startThread(place(), undefined, true))] : []),
    ...(here?.thread ? [change(here.archived ? "Wake up" : "Archive", { archived: !here.archived }), change(here.locked ? "Unlock" : "Lock", { locked: !here.locked })] : []),
  );
}

/** Messages that did not change keep their element, so that focus and scrolling stay where they are. */
function showMessages() {
  const before = drawnAs;
  drawnAs = new Map();
  const items = state.messages.filter((each) => !each.seen_by || each.seen_by === who.value).map((message) => {
    const original = message.message_reference && page.byId(message.message_reference.message_id);
    const key = JSON.stringify([message, who.value, original?.content, page.chosen.has(message.id), state.commands.length]).replaceAll(/\?ex=[^"]*/g, "");
    const known = before.get(message.id);
    const drawn = known?.key === key ? known : { key, item: messageItem(message, page) };
    drawnAs.set(message.id, drawn);
    return drawn.item;
  });
  const same = items.length === list.children.length && items.every((item, index) => item === list.children[index]);
  if (!same) list.replaceChildren(...items);
  showChosen();
  showTyping();
  stayAtEnd();
}

function showChosen() {
  const here = new Set(state.messages.map((each) => each.id));
  for (const id of page.chosen) if (!here.has(id)) page.chosen.delete(id);
  byId("choosing").hidden = !page.chosen.size;
  byId("choosing-count").textContent = `${page.chosen.size} chosen`;
}

function showTyping() {
  const names = state.typing.map((each) => page.names.people.get(each) ?? each);
  byId("typing").textContent = names.length ? `${names.join(", ")} ${names.length > 1 ? "are" : "is"} typing…` : "";
  clearTimeout(typingOver);
  if (names.length) typingOver = setTimeout(refresh, 3000);
}

function stayAtEnd() {
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function showScenes() {
  const { connected, identified, resumed } = state.sessions;
  const bot = connected ? `The bot is here (came ${identified}×, resumed ${resumed}×)` : "The bot is not here";
  byId("bot").textContent = state.away ? `Discord is away. ${bot}` : bot;
  const line = (each) => element("li", { className: each.status >= 400 || !each.status ? "failed" : "" }, `${each.status || "cut"} ${each.method} ${each.path.replace("/api/v10", "").replace(/(webhooks\/\d+\/)[^/?]+/, "$1…").replace(/(interactions\/\d+\/)[^/?]+/, "$1…")}`);
  byId("requests").replaceChildren(...state.requests.toReversed().map(line));
  byId("ping-count").textContent = state.pings.length;
  byId("pings").replaceChildren(...state.pings.toReversed().map((each) => element("li", {}, page.names.people.get(each.target) ?? each.target)));
}

const rooms = () => state.channels.filter((each) => !each.of && !each.forum);

function startReply(message) {
  replyTo = message?.id ?? null;
  byId("replying").hidden = !replyTo;
  byId("replying-to").textContent = message ? `Replying to ${message.author_name}` : "";
  byId("content").focus();
}

function answered(answer) {
  if (answer.kind === "modal") fillForm(answer, answered);
  else if (answer.kind === null) notice.textContent = "The application did not respond.";
}

const context = () => ({ who: who.value, channel, people: state.people, channels: rooms(), roles: state.roles });

/** The bot may have registered commands a moment ago, so the list is read again first. */
async function commands() {
  await refresh();
  chooseCommand(state.commands, context(), answered);
}

async function send() {
  const text = byId("content").value;
  if (text.startsWith("/") && !byId("files").value) return runTyped(text);
  const form = new FormData(byId("composer"));
  form.set("channel", channel);
  if (replyTo) form.set("reply_to", replyTo);
  await post("say", form);
  byId("content").value = byId("files").value = "";
  byId("spoiler").checked = false;
  toldTyping = 0;
  startReply(null);
  atEnd = true;
  return undefined;
}

async function sendSticker(id) {
  const form = new FormData();
  form.set("who", who.value);
  form.set("channel", channel);
  form.set("sticker", id);
  if (replyTo) form.set("reply_to", replyTo);
  await post("say", form);
  startReply(null);
}

/** Tells that somebody types, at most every eight seconds, as Discord's client does. */
function tellTyping() {
  if (!byId("content").value || byId("content").value.startsWith("/") || Date.now() - toldTyping < 8000) return;
  toldTyping = Date.now();
  attempt(notice, () => post("typing", place()));
}

async function runTyped(text) {
  await refresh();
  const found = runnable(state.commands).find((each) => each.words === text.slice(1).trim());
  byId("content").value = "";
  if (found) fillCommand(found, context(), answered);
  else await commands();
}

function listen() {
  const socket = new WebSocket(`ws://${location.host}/practice/live`);
  let waiting = false;
  socket.addEventListener("open", refresh);
  socket.addEventListener("message", async () => {
    if (waiting) return;
    waiting = true;
    await new Promise((resolve) => setTimeout(resolve, 20));
    waiting = false;
    refresh();
  });
  socket.addEventListener("close", () => {
    byId("bot").textContent = "The practice Discord is not running";
    setTimeout(listen, 1000);
  });
}

const breaking = (act) => ([label, fault]) => {
  const button = element("button", { type: "button" }, label);
  button.addEventListener("click", () => attempt(notice, () => post(act, fault)));
  return button;
};
byId("faults").append(...FAULTS.map(breaking("faults")), ...SOURCE_FAULTS.map(breaking("source-faults")));
byId("composer").addEventListener("submit", (event) => { event.preventDefault(); attempt(notice, send); });
byId("content").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  byId("composer").requestSubmit();
});
byId("content").addEventListener("input", tellTyping);
byId("activity").addEventListener("click", () => extras.askActivity(who.value));
byId("stickers").addEventListener("click", () => extras.chooseSticker(state.stickers, (id) => once(() => sendSticker(id))));
byId("poll").addEventListener("click", () => extras.askPoll(place()));
byId("voice").addEventListener("click", () => extras.recordVoice(place()));
byId("thread").addEventListener("click", () => extras.startThread(place(), undefined, state.channels.find((each) => each.id === channel)?.forum));
byId("people").addEventListener("click", () => extras.showPeople({ ...state, as: who.value }, menus(2), menuOn));
byId("join").addEventListener("click", () => extras.newcomer());
byId("expire").addEventListener("click", () => attempt(notice, () => post("expire", {})));
byId("choosing-none").addEventListener("click", () => { page.chosen.clear(); showMessages(); });
byId("choosing-delete").addEventListener("click", () => attempt(notice, () => post("delete", { ids: [...page.chosen] })));
byId("commands").addEventListener("click", () => attempt(notice, commands));
byId("reply-cancel").addEventListener("click", () => startReply(null));
list.addEventListener("scroll", () => { atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60; });
list.addEventListener("load", stayAtEnd, true); // pictures make messages taller when they arrive
new ResizeObserver(stayAtEnd).observe(list);
who.addEventListener("change", () => { showStatus(); showChannels(); showMessages(); });
status.addEventListener("change", () => attempt(notice, () => post("status", { who: who.value, status: status.value })));
listen();
