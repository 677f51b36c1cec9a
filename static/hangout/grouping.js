/* Days apart, and messages of one author together: worked out again around whatever was put in or taken out. */

import { dayName, startOfDay } from "./times.js";

const TOGETHER = 7 * 60 * 1000; // milliseconds

export function regroupAll(list) {
  for (const line of list.querySelectorAll(":scope > .day")) line.remove();
  for (const item of list.querySelectorAll(":scope > .message")) regroup(item);
}

/** Sets right the item itself and the one after it. */
export function regroupAround(item) {
  regroup(item);
  const next = neighbour(item, "nextElementSibling");
  if (next) regroup(next);
}

export function regroup(item) {
  const before = neighbour(item, "previousElementSibling");
  const at = new Date(item.dataset.at);
  const sameDay = before && +startOfDay(new Date(before.dataset.at)) === +startOfDay(at);
  const together =
    sameDay &&
    before.dataset.author === item.dataset.author &&
    !item.querySelector(":scope > .reply") &&
    !item.matches(".system") &&
    !before.matches(".system") &&
    !isUnreadLine(item.previousElementSibling) &&
    Math.abs(at - new Date(before.dataset.at)) < TOGETHER;
  item.classList.toggle("following", Boolean(together));
  markDay(item, !sameDay, at);
}

/** The next message in a direction, whatever lines stand between. */
export function neighbour(item, direction) {
  let other = item[direction];
  while (other && !other.classList.contains("message")) other = other[direction];
  return other;
}

function markDay(item, isFirst, at) {
  let line = item.previousElementSibling;
  if (isUnreadLine(line)) line = line.previousElementSibling;
  const has = line?.classList.contains("day");
  if (has && !isFirst) line.remove();
  if (!isFirst) return;
  const label = has ? line.firstElementChild : document.createElement("time");
  label.dateTime = item.dataset.at;
  label.textContent = dayName(at);
  if (has) return;
  const made = document.createElement("li");
  made.className = "day";
  made.append(label);
  const below = isUnreadLine(item.previousElementSibling) ? item.previousElementSibling : item;
  below.before(made);
}

function isUnreadLine(element) {
  return Boolean(element?.classList.contains("unread"));
}
