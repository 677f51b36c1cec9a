/* The socket: opened, watched, and opened again. What is said on it is for others to understand. */

const PING_EVERY = 20_000; // milliseconds, as all here
const DEAD_AFTER = 10_000;
const LONGEST_WAIT = 30_000;
const ASK_AGAIN = 60_000;
const STEADY_AFTER = 5_000;

/**
 * `after()` tells the last seq seen (or `asks()` what else the address asks for), `heard(frame)` gets every frame, `changed(state)` is told
 * `{name: "connecting" | "live" | "waiting" | "out", until, failures}`.
 */
export class Connection {
  constructor(address, { after, asks = () => `after=${after()}`, heard, changed }) {
    this.address = new URL(address, location.href);
    this.address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    this.asks = asks;
    this.heard = heard;
    this.changed = changed;
    this.socket = null;
    this.failures = 0;
    this.openedAt = 0;
    addEventListener("online", () => this.retryNow());
    addEventListener("pageshow", (event) => event.persisted && this.reopen());
    document.addEventListener("visibilitychange", () => !document.hidden && this.lookAlive());
  }

  get isLive() {
    return this.openedAt > 0;
  }

  open() {
    this.drop();
    this.address.search = `?${this.asks()}`;
    const socket = (this.socket = new WebSocket(this.address));
    this.deadline = setTimeout(() => this.lost(socket, 0), DEAD_AFTER);
    socket.onmessage = (event) => this.socket === socket && this.take(event.data);
    socket.onclose = (event) => this.lost(socket, event.code);
    this.changed({ name: "connecting", failures: this.failures });
  }

  /** Asks for what was missed, now; at most once a second, should a server keep leaving holes. */
  reopen() {
    const since = Date.now() - this.openedAt;
    if (since >= 1000) this.open();
    else this.wait(1000 - since);
  }

  retryNow() {
    if (!this.isLive) this.open();
  }

  send(frame) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  take(data) {
    this.watch();
    const frame = JSON.parse(data);
    if (frame.type === "hello") {
      this.openedAt = Date.now();
      this.changed({ name: "live", failures: 0 });
    }
    if (frame.type !== "pong") this.heard(frame);
    if (frame.code === "banned" && !frame.nonce) this.rest();
  }

  /** Every frame is a sign of life; after a while without one, a ping asks for it. */
  watch() {
    clearTimeout(this.deadline);
    clearTimeout(this.pinging);
    this.pinging = setTimeout(() => this.ping(), PING_EVERY);
  }

  ping() {
    const socket = this.socket;
    clearTimeout(this.deadline);
    this.send({ type: "ping" });
    this.deadline = setTimeout(() => this.lost(socket, 0), DEAD_AFTER);
  }

  /** The reader looks again: a socket that slept may be dead without knowing. */
  lookAlive() {
    if (this.isLive) this.ping();
    else this.retryNow();
  }

  lost(socket, code) {
    if (socket !== this.socket) return;
    const wasSteady = this.isLive && Date.now() - this.openedAt > STEADY_AFTER;
    this.drop();
    this.failures = wasSteady ? 0 : this.failures + 1;
    if (code === 1012 && this.failures <= 1) return this.wait(200 + Math.random() * 1800); // many come back at once
    const backoff = Math.min(LONGEST_WAIT, 1000 * 2 ** Math.max(0, this.failures - 1));
    this.wait(code === 1008 ? LONGEST_WAIT : backoff * (0.75 + Math.random() / 2));
  }

  wait(delay) {
    this.drop();
    this.timer = setTimeout(() => this.open(), delay);
    this.changed({ name: "waiting", until: Date.now() + delay, failures: this.failures });
  }

  /** Shown out: it asks now and then whether that is over, and when the reader comes back to the page. */
  rest() {
    this.drop();
    this.timer = setTimeout(() => (document.hidden ? this.rest() : this.open()), ASK_AGAIN * (0.8 + Math.random() * 0.4));
    this.changed({ name: "out", failures: 0 });
  }

  drop() {
    for (const timer of [this.timer, this.deadline, this.pinging]) clearTimeout(timer);
    const socket = this.socket;
    this.socket = null;
    this.openedAt = 0;
    socket?.close();
  }
}
