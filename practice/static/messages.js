// How one message looks, with what can be done to it.
import { element } from "./dom.js";
import { drawn, emoji } from "./marks.js";

/** A list item for a message. `page` has names, me, byId(id) and the acts reply, edit, remove, react, press. */
export function messageItem(message, page) {
  const whisper = message.seen_by !== null;
  const body = element(
    "div", {},
    head(message),
    element("div", { className: "content" }, ...(message.thinking ? ["thinking…"] : drawn(message.content, page.names))),
    ...message.embeds.map((embed) => embedded(embed, page)),
    files(message.attachments),
    components(message, page),
    reactions(message, page),
    whisper ? element("p", { className: "aside" }, `Only ${page.names.people.get(message.seen_by)} can see this.`) : actions(message, page),
  );
  const face = element("img", { className: "face", src: message.picture, alt: "" });
  const item = element("li", { className: whisper ? "message whisper" : "message" }, quoted(message, page), face, body);
  item.dataset.id = message.id;
  return item;
}

function head(message) {
  const time = element("time", { dateTime: message.timestamp, title: message.timestamp }, new Date(message.timestamp).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  const badge = message.webhook_id ? (message.webhook_id === message.application_id ? "bot" : "webhook") : message.author.bot ? "bot" : null;
  return element(
    "p", { className: "head" },
    element("span", { className: "name" }, message.author_name),
    badge ? element("span", { className: "badge" }, badge) : null,
    time,
    message.edited_timestamp ? element("span", { className: "aside" }, "(edited)") : null,
  );
}

function quoted(message, page) {
  if (!message.message_reference) return null;
  const original = page.byId(message.message_reference.message_id);
  const text = original ? `↱ ${original.author_name}: ${original.content}` : "↱ a message that is gone";
  return element("p", { className: "quoted" }, text);
}

function embedded(embed, page) {
  const title = embed.title ? element("strong", {}, embed.title) : null;
  const fields = (embed.fields ?? []).map((each) => element("p", {}, `${each.name}: `, ...drawn(each.value, page.names)));
  const text = element("div", { className: "content" }, ...drawn(embed.description ?? "", page.names));
  return element("div", { className: "embed" }, title, text, ...fields);
}

function files(listed) {
  if (!listed.length) return null;
  const shown = listed.map((file) => {
    const link = element("a", { href: file.url, target: "_blank", rel: "noreferrer" });
    const picture = file.content_type.startsWith("image/") && file.width;
    link.append(picture ? element("img", { src: file.url, alt: file.description ?? file.filename, width: file.width, height: file.height }) : `${file.filename} (${file.size} bytes)`);
    return link;
  });
  return element("div", { className: "files" }, ...shown);
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
    const button = element("button", { type: "button", disabled: Boolean(part.disabled) }, part.label ?? part.emoji?.name ?? "button");
    button.addEventListener("click", () => page.press(message, part.custom_id, []));
    return button;
  }
  const options = part.options.map((each) => element("option", { value: each.value }, each.label));
  const select = element("select", { "aria-label": part.placeholder ?? part.custom_id }, element("option", { value: "" }, part.placeholder ?? "Choose"), ...options);
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
  const does = [["Reply", page.reply], ["React", page.chooseReaction], ["Delete", page.remove]];
  if (message.author.id === page.me()) does.splice(2, 0, ["Edit", page.edit]);
  const buttons = does.map(([label, act]) => {
    const button = element("button", { type: "button", "aria-label": `${label}: message by ${message.author_name}` }, label);
    button.addEventListener("click", () => act(message));
    return button;
  });
  return element("div", { className: "row actions" }, ...buttons);
}
