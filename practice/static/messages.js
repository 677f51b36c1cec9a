// How one message looks, with what can be done to it.
import { element } from "./dom.js";
import { drawn, emoji } from "./marks.js";
import { embedded, files, forwarded, poll, stickers, systemText, threadLink } from "./pieces.js";

/** A list item for a message. `page` has names, me, byId(id) and the acts reply, edit, remove, react, press. */
export function messageItem(message, page) {
  if (message.system) return systemItem(message, page);
  const whisper = message.seen_by !== null;
  const body = element(
    "div", {},
    head(message),
    element("div", { className: "content" }, ...(message.thinking ? ["thinking…"] : drawn(message.content, page.names))),
    forwarded(message, page),
    files(message.attachments, Boolean(message.flags & 8192)),
    stickers(message.sticker_items),
    poll(message, page),
    ...message.embeds.map((embed) => embedded(embed, page)),
    threadLink(message, page),
    components(message, page),
    reactions(message, page),
    whisper ? element("p", { className: "aside" }, `Only ${page.names.people.get(message.seen_by)} can see this.`) : actions(message, page),
  );
  const face = element("img", { className: "face", src: message.picture, alt: "" });
  const item = element("li", { className: whisper ? "message whisper" : "message" }, quoted(message, page), face, body);
  item.dataset.id = message.id;
  if (page.chosen.has(message.id)) item.classList.add("chosen");
  return item;
}

/** A line that Discord writes by itself, in grey. */
function systemItem(message, page) {
  const line = element("p", { className: "line" }, systemText(message, page), " ", clock(message));
  const item = element("li", { className: "message system" }, element("div", {}, line, reactions(message, page), actions(message, page)));
  item.dataset.id = message.id;
  if (page.chosen.has(message.id)) item.classList.add("chosen");
  return item;
}

const clock = (message) => element("time", { dateTime: message.timestamp, title: message.timestamp }, new Date(message.timestamp).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));

function head(message) {
  const badge = message.webhook_id ? (message.webhook_id === message.application_id ? "bot" : "webhook") : message.author.bot ? "bot" : null;
  return element(
    "p", { className: "head" },
    element("span", { className: "name" }, message.author_name),
    badge ? element("span", { className: "badge" }, badge) : null,
    clock(message),
    message.pinned ? element("span", { className: "aside" }, "📌 pinned") : null,
    message.edited_timestamp ? element("span", { className: "aside" }, "(edited)") : null,
  );
}

function quoted(message, page) {
  if (message.message_reference?.type !== 0) return null;
  const original = page.byId(message.message_reference.message_id);
  const text = original ? `↱ ${original.author_name}: ${original.content}` : "↱ a message that is gone";
  return element("p", { className: "quoted" }, text);
}

function components(message, page) {
  const found = [];
  const collect = (part) => {
    if (part.type === 2 || part.type === 3) found.push(part);
    [...(part.components ?? []), ...(part.accessory ? [part.accessory] : [])].forEach(collect);
  };
  message.components.forEach(collect);
  return found.length ? element("div", { className: "row" }, ...found.map((part) => control(part, message, page))) : null;
}

function control(part, message, page) {
  if (part.type === 2) {
    if (part.url) return element("a", { href: part.url, rel: "noreferrer", target: "_blank" }, part.label ?? part.url);
    const look = { 1: "main", 3: "good", 4: "danger" }[part.style] ?? "";
    const button = element("button", { type: "button", className: look, disabled: Boolean(part.disabled) }, part.label ?? part.emoji?.name ?? "button");
    button.addEventListener("click", () => page.press(message, part.custom_id, []));
    return button;
  }
  const options = part.options.map((each) => element("option", { value: each.value }, each.label));
  const select = element("select", { "aria-label": part.placeholder ?? part.custom_id, disabled: Boolean(part.disabled) }, element("option", { value: "" }, part.placeholder ?? "Choose"), ...options);
  select.addEventListener("change", () => page.press(message, part.custom_id, [select.value]));
  return select;
}

function reactions(message, page) {
  if (!message.reactions.length) return null;
  const buttons = message.reactions.map((each) => {
    const mark = each.emoji.id ? emoji(each.emoji.name, each.emoji.id) : each.emoji.name;
    const button = element("button", { type: "button", "aria-pressed": String(each.people.includes(page.me())) }, mark, ` ${each.count}`);
    button.addEventListener("click", () => page.react(message, each.key));
    return button;
  });
  return element("div", { className: "row" }, ...buttons);
}

function actions(message, page) {
  const plain = !message.system;
  const often = [plain && ["Reply", page.reply], ["React", page.chooseReaction], message.author.id === page.me() && plain && ["Edit", page.edit], ["Delete", page.remove]];
  const rarely = [
    plain && !message.poll && ["Forward", page.forward],
    plain && !message.thread && ["Start a thread", page.thread],
    plain && [message.pinned ? "Unpin" : "Pin", page.pin],
    plain && ["Unfurl a link", page.unfurl],
    message.embeds.length && plain && ["Hide link pictures", page.suppress],
    message.poll && !message.poll.results.is_finalized && ["End the poll", page.endPoll],
    ...(plain ? page.apps() : []).map((app) => [app.name, () => page.menu(message, app.name)]),
    message.reactions.length && ["Take all emoji away", page.clear],
    [page.chosen.has(message.id) ? "Choose no more" : "Choose", page.choose],
  ];
  const button = ([label, act]) => {
    const made = element("button", { type: "button", "aria-label": `${label}: message by ${message.author_name}` }, label);
    made.addEventListener("click", () => act(message));
    return made;
  };
  const more = element("details", { className: "more", open: page.opened.has(message.id) }, element("summary", {}, "More"), element("div", { className: "row" }, ...rarely.filter(Boolean).map(button)));
  more.addEventListener("toggle", () => page.opened[more.open ? "add" : "delete"](message.id));
  return element("div", { className: "row actions" }, ...often.filter(Boolean).map(button), more);
}
