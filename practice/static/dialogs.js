// The one dialog of the page: commands and their options, forms that the bot opens, emoji to react with.
import { attempt, byId, element, post } from "./dom.js";

const dialog = byId("dialog");
const fields = byId("dialog-fields");
const notice = byId("dialog-notice");
let go = async () => {};

byId("dialog-cancel").addEventListener("click", () => dialog.close());
byId("dialog-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const done = await attempt(notice, async () => { await go(values()); return true; });
  if (done && !dialog.dataset.stays) dialog.close();
  delete dialog.dataset.stays;
});

export function open(title, label, content, work) {
  byId("dialog-title").textContent = title;
  byId("dialog-ok").textContent = label;
  byId("dialog-ok").hidden = !label;
  notice.textContent = "";
  fields.replaceChildren(...content);
  go = work;
  if (!dialog.open) dialog.showModal();
  fields.querySelector("input, select, textarea, button")?.focus();
}

function values() {
  const given = [...fields.querySelectorAll("[name]")].filter((field) => field.value !== "");
  return Object.fromEntries(given.map((field) => [field.name, field.type === "file" ? field.files[0] : field.value]));
}

/** Asks for a text and hands it to `work`. */
export function ask(title, label, value, work) {
  open(title, label, [field("text", "Text", element("textarea", { name: "text", rows: 4, value }))], (given) => work(given.text ?? ""));
}

export function field(name, label, control, hint) {
  control.name = name;
  return element("label", { className: "field" }, label, hint ? element("small", {}, hint) : null, control);
}

/** Offers emoji; `work` gets the key of the one that is chosen. */
export function chooseEmoji(custom, work) {
  const keys = ["👍", "❤️", "😂", "🎉", "👋", "👀", ...custom.map((each) => `${each.name}:${each.id}`)];
  const buttons = keys.map((key) => {
    const button = element("button", { type: "button" }, key.split(":")[0]);
    button.addEventListener("click", () => attempt(notice, async () => { await work(key); dialog.close(); }));
    return button;
  });
  const other = field("emoji", "Another one", element("input", { maxLength: 40 }));
  open("React", "React", [element("div", { className: "choices" }, ...buttons), other], (given) => work(given.emoji ?? ""));
}

/** Every command that can be run, its groups taken apart: {words, description, options}. */
export function runnable(commands) {
  const guild = new Set(commands.filter((each) => each.guild_id).map((each) => each.name));
  const shown = commands.filter((each) => each.type === 1 && (each.guild_id || !guild.has(each.name)));
  const flatten = (part, words) => {
    const inner = (part.options ?? []).filter((each) => each.type <= 2);
    if (!inner.length) return [{ words, description: part.description, options: part.options ?? [] }];
    return inner.flatMap((each) => flatten(each, `${words} ${each.name}`));
  };
  return shown.flatMap((each) => flatten(each, each.name)).sort((a, b) => a.words.localeCompare(b.words));
}

/** Lists the commands; after one is chosen, its options. `context` gives {who, channel, people, channels}. */
export function chooseCommand(commands, context, answered) {
  const listed = runnable(commands);
  const buttons = listed.map((command) => {
    const button = element("button", { type: "button", title: command.description }, `/${command.words}`);
    button.addEventListener("click", () => fillCommand(command, context, answered));
    return button;
  });
  const none = element("p", {}, "The bot has registered no commands yet.");
  open("Commands", "", buttons.length ? [element("div", { className: "choices" }, ...buttons)] : [none], async () => {});
}

export function fillCommand(command, context, answered) {
  const controls = command.options.map((option) => {
    const control = controlFor(option, context, command);
    control.required = Boolean(option.required);
    return field(option.name, `${option.name}${option.required ? "" : " (optional)"}`, control, option.description);
  });
  const run = async (given) => answered(await post("command", withFiles({ ...place(context), command: command.words }, given)));
  open(`/${command.words}`, "Run", [element("p", {}, command.description), ...controls], run);
}

/** Options as JSON; with files among them, as a form that carries both. */
function withFiles(body, given) {
  const files = Object.entries(given).filter(([, value]) => value instanceof File);
  const options = Object.fromEntries(Object.entries(given).filter(([, value]) => !(value instanceof File)));
  if (!files.length) return { ...body, options };
  const form = new FormData();
  form.set("payload", JSON.stringify({ ...body, options }));
  files.forEach(([name, file]) => form.set(name, file));
  return form;
}

const place = (context) => ({ who: context.who, channel: context.channel });
const option = (value, label) => element("option", { value }, label);

function controlFor(given, context, command) {
  const select = (pairs) => element("select", {}, option("", "—"), ...pairs.map(([value, label]) => option(value, label)));
  if (given.choices?.length) return select(given.choices.map((each) => [each.value, each.name]));
  if (given.type === 5) return select([["true", "yes"], ["false", "no"]]);
  if (given.type === 6 || given.type === 9) return select(context.people.map((each) => [each.id, each.name]));
  if (given.type === 7) return select(context.channels.map((each) => [each.id, `#${each.name}`]));
  if (given.type === 8) return select(context.roles.map((each) => [each.id, `@${each.name}`]));
  if (given.type === 11) return element("input", { type: "file" });
  const control = element("input", { type: given.type === 4 || given.type === 10 ? "number" : "text", autocomplete: "off" });
  if (given.type === 10) control.step = "any";
  if (given.max_length) control.maxLength = given.max_length;
  if (given.autocomplete) suggest(control, given.name, context, command);
  return control;
}

/** What is typed so far, without files. */
const written = () => Object.fromEntries(Object.entries(values()).filter(([, value]) => !(value instanceof File)));

function suggest(control, name, context, command) {
  const id = `choices-${name}`;
  document.getElementById(id)?.remove(); // of a form that was open before
  const list = element("datalist", { id });
  document.body.append(list);
  control.setAttribute("list", list.id);
  control.addEventListener("input", async () => {
    const asked = { ...place(context), command: command.words, focused: name, options: { ...written(), [name]: control.value } };
    const answer = await attempt(notice, () => post("autocomplete", asked));
    list.replaceChildren(...(answer?.choices ?? []).map((each) => option(each.value, each.name)));
  });
}

/** Shows a form that the bot opened, and sends what was typed. */
export function fillForm(answer, answered) {
  const inputs = [];
  const collect = (part, label) => {
    if (part.type === 4) inputs.push([part, part.label ?? label.label, label.description]);
    for (const inner of part.components ?? []) collect(inner, part);
    if (part.component) collect(part.component, part);
  };
  answer.modal.components.forEach((part) => collect(part, {}));
  const controls = inputs.map(([input, label, hint]) => {
    const control = element(input.style === 2 ? "textarea" : "input", { value: input.value ?? "", placeholder: input.placeholder ?? "" });
    control.maxLength = input.max_length ?? 4000;
    if (input.style === 2) control.rows = 6;
    control.minLength = input.min_length ?? 0;
    control.required = input.required ?? true;
    return field(input.custom_id, label || input.custom_id, control, hint);
  });
  if (dialog.open) dialog.dataset.stays = "yes"; // a form that a command opens takes that one's place
  open(answer.modal.title, "Send", controls, async (given) => answered(await post("submit", { token: answer.token, values: given })));
}
