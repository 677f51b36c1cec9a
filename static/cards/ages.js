/* How old what a card shows is, and the times in it, in the reader's own zone. */

const MINUTE = 60;
const DAY = 86_400;

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const date = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });

/** In words while its source answers; once it has missed a turn, by the clock. The same rule as web/_card_values.py's. */
export function sayAge(card) {
  const age = (Date.now() - card.since) / 1000;
  const time = card.querySelector(".age time");
  const isOld = age > 2 * Number(card.dataset.period);
  const moment = new Date(card.since);
  put(time, isOld ? `as of ${at(moment)}` : ago(age));
  time.title = full.format(moment);
}

/** When something was, and since when something is. */
export function sayTimes(card) {
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
