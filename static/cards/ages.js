/* How old what a card shows is, and the times in it, in the reader's own zone and habit. */

const MINUTE = 60;
const DAY = 86_400;
const CALM = 120; // seconds in which nobody need be told

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const plain = new Intl.DateTimeFormat(undefined, { timeStyle: "short", timeZone: "UTC" });
const date = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });

/** Nothing while all is as it should be, then in words; once it has missed a turn, by the clock. The same rule as web/_card_values.py's. */
export function sayAge(card) {
  const age = (Date.now() - card.since) / 1000;
  const time = card.querySelector(".age time");
  const isOld = age > 2 * Number(card.dataset.period);
  const moment = new Date(card.since);
  card.querySelector(".age").hidden = age <= Math.max(CALM, Number(card.dataset.period));
  put(time, isOld ? `as of ${at(moment)}` : ago(age));
  time.title = full.format(moment);
}

/** When something was, and since when something is; a time of the day elsewhere stays in its zone. */
export function sayTimes(card) {
  for (const time of card.querySelectorAll("time.clock")) {
    time.dateTime ||= time.textContent;
    if (/^\d\d:\d\d$/.test(time.dateTime)) put(time, plain.format(new Date(`1970-01-01T${time.dateTime}Z`)));
  }
  for (const time of card.querySelectorAll("time.ago, time.since")) {
    const moment = new Date(time.dateTime);
    const age = (Date.now() - moment) / 1000;
    put(time, age < DAY && time.matches(".ago") ? ago(age) : at(moment));
    time.title = full.format(moment);
  }
}

function ago(age) {
  if (age < MINUTE) return "just now";
  const minutes = Math.floor(age / MINUTE);
  return minutes < 60 ? `${minutes} min ago` : `${Math.floor(minutes / 60)} h ago`;
}

function at(moment) {
  const isToday = moment.toDateString() === new Date().toDateString();
  return isToday ? clock.format(moment) : `${date.format(moment)}, ${clock.format(moment)}`;
}

function put(time, words) {
  if (time.textContent !== words) time.textContent = words;
}
