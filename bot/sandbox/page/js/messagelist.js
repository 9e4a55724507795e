/* A scrolling list of messages: grouped by author, divided by day, kept at its end while the reader is there. */

import { dayLabel, dayOf } from "./dates.js";
import { h, replace } from "./dom.js";
import { authorName, messageNode, shownAt } from "./message.js";

const GROUP_GAP = 5 * 60 * 1000;
const NEAR_END = 80;

function isGrouped(previous, message) {
  if (!previous || previous.ephemeral !== message.ephemeral) return false;
  const close = shownAt(message) - shownAt(previous) < GROUP_GAP && shownAt(message) >= shownAt(previous);
  return close && previous.user === message.user && authorName(previous) === authorName(message);
}

function divider(date) {
  return h("div", { class: "day", role: "separator" }, h("span", { class: "day__label" }, dayLabel(date)));
}

export class MessageList {
  constructor({ label, onReply, empty }) {
    this.onReply = onReply;
    this.empty = empty;
    this.known = new Map();
    this.inner = h("div", { class: "messages__inner" });
    this.node = h(
      "div",
      { class: "messages", role: "log", "aria-label": label, tabindex: "0", data: { testid: "messages" } },
      this.inner,
    );
    this.node.addEventListener("keydown", (event) => this.onKey(event));
    this.stuck = true;
    this.node.addEventListener("scroll", () => {
      this.stuck = this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight < NEAR_END;
    });
    const resized = new ResizeObserver(() => this.stuck && this.toEnd());
    [this.inner, this.node].forEach((part) => resized.observe(part));
  }

  toEnd() {
    this.node.scrollTop = this.node.scrollHeight;
  }

  /** Arrow keys walk from message to message; Tab then goes into the buttons of that message. */
  onKey(event) {
    if (!["ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) return;
    const current = document.activeElement;
    if (current !== this.node && !current.classList.contains("message")) return;
    const all = [...this.inner.querySelectorAll(".message")];
    const at = all.indexOf(current);
    const steps = { ArrowUp: at < 0 ? all.length - 1 : at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 };
    const next = all[Math.max(0, Math.min(steps[event.key], all.length - 1))];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  show(messages, repliesOf = () => []) {
    const focusTs = this.focusedTs();
    const nodes = [];
    const known = new Map();
    messages.forEach((message, index) => {
      const previous = messages[index - 1];
      const newDay = !previous || dayOf(shownAt(previous)) !== dayOf(shownAt(message));
      if (newDay) nodes.push(divider(shownAt(message)));
      const node = this.nodeOf(
        message,
        { grouped: !newDay && isGrouped(previous, message), replies: repliesOf(message) },
        known,
      );
      nodes.push(node);
    });
    this.known = known;
    if (!messages.length && this.empty) nodes.push(this.empty());
    this.sync(nodes);
    if (focusTs && !this.node.contains(document.activeElement)) this.find(focusTs)?.focus({ preventScroll: true });
    if (this.stuck) this.toEnd();
  }

  nodeOf(message, options, known) {
    const source = JSON.stringify([message, options.grouped, options.replies.length]);
    const before = this.known.get(message.ts);
    if (before?.source === source) {
      known.set(message.ts, before);
      return before.node;
    }
    const onReply = this.onReply ? () => this.onReply(message) : null;
    const node = messageNode(message, { ...options, onReply, known: before?.node });
    known.set(message.ts, { source, node });
    return node;
  }

  /** Only nodes that are new or moved are touched, so that typing in an old one is not disturbed. */
  sync(nodes) {
    const wanted = new Set(nodes);
    [...this.inner.children].forEach((child) => wanted.has(child) || child.remove());
    nodes.forEach((node, index) => {
      if (this.inner.children[index] !== node) this.inner.insertBefore(node, this.inner.children[index] ?? null);
    });
  }

  focusedTs() {
    const node = document.activeElement?.closest?.(".message");
    return node && this.inner.contains(node) && node === document.activeElement ? node.dataset.ts : null;
  }

  find(ts) {
    return this.known.get(ts)?.node;
  }

  clear() {
    this.known = new Map();
    replace(this.inner);
  }
}
