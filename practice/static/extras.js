// The rarer things people do: stickers, polls, voice messages, threads, forwards, pictures of links, newcomers.
import { field, open } from "./dialogs.js";
import { attempt, byId, element, post } from "./dom.js";

const input = (properties = {}) => element("input", { autocomplete: "off", ...properties });
const choose = (title, listed, work) => {
  const buttons = listed.map(([label, value, picture]) => {
    const button = element("button", { type: "button" }, picture ?? null, label);
    button.addEventListener("click", () => work(value));
    return button;
  });
  open(title, "", [element("div", { className: "choices" }, ...buttons)], async () => {});
};

/** Offers the guild's stickers; `work` gets the id of the one that is chosen. */
export function chooseSticker(stickers, work) {
  const picture = (each) => each.format_type === 3 ? null : element("img", { src: `/stickers/${each.id}.${each.format_type === 4 ? "gif" : "png"}`, alt: "", width: 40, height: 40 });
  choose("Stickers", stickers.map((each) => [each.name, each.id, picture(each)]), work);
}

export function forward(message, channels, work) {
  choose("Forward to", channels.map((each) => [`${each.thread ? "↳ " : "#"}${each.name}`, each.id]), work);
}

export function askPoll(context) {
  const multiple = element("select", {}, element("option", { value: "" }, "one answer"), element("option", { value: "yes" }, "several answers"));
  const content = [
    field("question", "Question", input({ required: true, maxLength: 300 })),
    field("answers", "Answers, one on each line", element("textarea", { rows: 4, required: true })),
    field("hours", "Hours", input({ type: "number", min: 1, max: 768, value: 24 })),
    field("multiple", "To choose", multiple),
  ];
  const ask = (given) => post("poll", { ...context, ...given, answers: (given.answers ?? "").split("\n").map((each) => each.trim()).filter(Boolean) });
  open("Poll", "Ask", content, ask);
}

/** What somebody does: on the site the owner's is a card. Nothing at all ends it. */
export function askActivity(who) {
  const kinds = [["0", "playing"], ["1", "streaming"], ["2", "listening to"], ["3", "watching"], ["5", "competing in"]];
  const content = [
    field("custom", "Custom status", input({ maxLength: 128 })),
    field("kind", "Activity", element("select", {}, ...kinds.map(([value, label]) => element("option", { value }, label)))),
    field("name", "What", input({ maxLength: 128 })),
    field("details", "Details", input({ maxLength: 128 })),
  ];
  open("Activity", "Show", content, (given) => post("activity", { ...given, who }));
}

export function recordVoice(context) {
  const length = input({ type: "number", min: 1, max: 1200, value: 3, required: true });
  open("Voice message", "Record", [field("seconds", "Seconds of silence", length)], (given) => post("voice", { ...context, ...given }));
}

export function startThread(context, id, inForum = false) {
  const content = [field("name", "Name", input({ required: true, maxLength: 100 }))];
  if (inForum) content.push(field("text", "First words", element("textarea", { rows: 3, required: true })));
  open(inForum ? "Post" : "Thread", "Start", content, (given) => post("thread", { ...context, ...given, id }));
}

const why = () => field("reason", "Reason", input({ maxLength: 512 }));

function askTimeout(by, person) {
  const minutes = input({ type: "number", min: 0, max: 40320, value: person.timed_out ? 0 : 10, required: true });
  open(`Timeout for ${person.name}`, "Do", [field("minutes", "Minutes (0 ends it)", minutes), why()],
    (given) => post("time_out", { ...given, who: by, whom: person.id }));
}

function askBan(by, person) {
  open(`Ban ${person.name}`, "Ban", [why()], (given) => post("ban", { ...given, who: by, whom: person.id }));
}

/** Everybody: the bot's menus on them, and the roles that they hold or might. */
export function showPeople(state, menus, run) {
  const act = (label, pressed, work) => {
    const button = element("button", { type: "button", ...(pressed === null ? {} : { "aria-pressed": String(pressed) }) }, label);
    button.addEventListener("click", () => work(button));
    return button;
  };
  const give = (person, role) => (button) => attempt(byId("dialog-notice"), async () => {
    await post("role", { whom: person.id, role: role.id });
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
  });
  const row = (person) => element(
    "fieldset", {}, element("legend", {}, person.name),
    ...menus.map((menu) => act(menu.name, null, () => run(person.id, menu.name))),
    ...state.roles.map((role) => act(role.name, person.roles.includes(role.id), give(person, role))),
    ...(person.owner ? [] : [
      act("Timeout", Boolean(person.timed_out), () => askTimeout(state.as, person)),
      act("Ban", null, () => askBan(state.as, person)),
    ]),
  );
  const outside = (ban) => element(
    "fieldset", {}, element("legend", {}, `${ban.name} (banned)`),
    act("Let in again", null, (button) => attempt(byId("dialog-notice"), async () => {
      await post("ban", { who: state.as, whom: ban.id, lift: true });
      button.disabled = true;
    })),
  );
  const members = state.people.filter((each) => !each.bot).map(row);
  open("People", "", [...members, ...state.bans.map(outside)], async () => {});
}

export function newcomer() {
  open("Somebody joins", "Join", [field("name", "Name", input({ required: true, maxLength: 32 }))], (given) => post("join", given));
}

export function unfurl(message) {
  const address = /https?:\/\/\S+/.exec(message.content)?.[0] ?? "https://example.org/";
  const content = [
    field("url", "Address", input({ type: "url", required: true, value: address })),
    field("site", "Site", input()), field("title", "Title", input()), field("description", "Description", input()),
    field("image", "Picture's address", input({ type: "url" })),
  ];
  open("What is behind a link", "Show", content, (given) => post("unfurl", { ...given, id: message.id }));
}
