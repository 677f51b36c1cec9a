/* What the head of the room says: the owner's lamp, how many are here, how Discord does, and the connection; in a chat, whether the other
   is here. */

export class House {
  constructor(room, { retry }) {
    this.room = room;
    this.words = room.querySelector(".connection-words");
    this.seconds = room.querySelector(".connection-wait");
    this.line = room.querySelector(".connection");
    this.button = room.querySelector(".retry-now");
    this.button.addEventListener("click", retry);
  }

  presence({ online, owner, relay, members, here }) {
    const { room } = this;
    const line = room.querySelector(".presence");
    if (line && online !== undefined) line.textContent = `${people(online)}${inDiscord(members)}.`;
    if (here && room.dataset.other) room.querySelector(".here-now").hidden = !here.includes(room.dataset.other);
    if (line && owner) {
      document.documentElement.dataset.lamp = owner;
      choose(room.querySelector(".lamp-words"), owner);
    }
    if (line && relay) choose(room.querySelector(".relay-note"), relay);
  }

  connection({ name, until, failures, polls }) {
    clearInterval(this.ticking);
    const state = polls && name !== "live" ? "polling" : name;
    this.line.dataset.state = state;
    this.button.hidden = state !== "waiting";
    this.seconds.textContent = "";
    this.say({
      connecting: failures ? "Connecting again…" : "Connecting…",
      live: "Live",
      waiting: navigator.onLine ? "Not connected." : "You are offline.",
      polling: "Looking every few seconds.",
      out: "Closed.",
    }[state]);
    if (state === "waiting") this.countDown(until);
  }

  say(words) {
    if (this.words.textContent !== words) this.words.textContent = words;
  }

  /** The seconds are for the eyes only; read aloud each second they would be a nuisance. */
  countDown(until) {
    const tick = () => {
      const left = Math.max(0, Math.round((until - Date.now()) / 1000));
      this.seconds.textContent = left > 1 ? ` Again in ${left} s. ` : " ";
    };
    tick();
    this.ticking = setInterval(tick, 1000);
  }
}

/** Of several sentences drawn by the server, shows the one for this state. */
export function choose(place, state) {
  let shown = false;
  for (const sentence of place.querySelectorAll("[data-when]")) {
    sentence.hidden = sentence.dataset.when !== state;
    shown ||= !sentence.hidden;
  }
  if (place.classList.contains("relay-note")) place.hidden = !shown;
}

function people(online) {
  if (online === 0) return "Nobody is in the hangout right now";
  return online === 1 ? "One person is in the hangout" : `${online} people are in the hangout`;
}

function inDiscord(members) {
  return Number.isInteger(members) ? `, ${members} in Discord` : "";
}
