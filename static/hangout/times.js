/* Times in the reader's own zone and habit. The server writes UTC; this only changes the words, never the order. */

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const dayOfYear = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const away = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

const DAY = 24 * 3600 * 1000;
const STEPS = [["year", 365 * DAY], ["month", 30 * DAY], ["day", DAY], ["hour", DAY / 24], ["minute", DAY / 1440]];

// The letters of Discord's <t:...:X> timestamps.
const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};

export function startOfDay(moment) {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate());
}

export function dayName(moment) {
  const days = Math.round((startOfDay(moment) - startOfDay(new Date())) / DAY);
  if (days === 0 || days === -1) {
    const words = away.format(days, "day");
    return words.charAt(0).toLocaleUpperCase() + words.slice(1);
  }
  return (moment.getFullYear() === new Date().getFullYear() ? day : dayOfYear).format(moment);
}

/** Gives the <time> of a message its local words, and its full date for those who point at it. */
export function labelClock(element) {
  const moment = new Date(element.dateTime);
  if (Number.isNaN(moment.getTime())) return;
  element.textContent = clock.format(moment);
  element.title = full.format(moment);
}

/** A moment by itself: its date and its time. */
export function labelFully(element) {
  const moment = new Date(element.dateTime);
  if (!Number.isNaN(moment.getTime())) element.textContent = new Intl.DateTimeFormat(undefined, STYLES.f).format(moment);
}

/** An edit's own words stay; its time is for those who point at it. */
export function labelEdited(element, at) {
  if (at) element.dateTime = at;
  const moment = new Date(element.dateTime);
  if (!Number.isNaN(moment.getTime())) element.title = full.format(moment);
}

/** Does the same for the times that people wrote into their messages. */
export function labelWritten(root) {
  for (const element of root.querySelectorAll("time[data-style]")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    const style = element.dataset.style;
    element.textContent =
      style === "R" ? relative(moment) : new Intl.DateTimeFormat(undefined, STYLES[style] ?? STYLES.f).format(moment);
    element.title = full.format(moment);
  }
}

function relative(moment) {
  const distance = moment - Date.now();
  const [unit, size] = STEPS.find(([, size]) => Math.abs(distance) >= size) ?? ["minute", DAY / 1440];
  return away.format(Math.round(distance / size), unit);
}
