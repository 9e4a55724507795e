/* A scrolling list of messages: grouped by author, divided by day, kept at its end while the reader is there. */

import { dayLabel, dayOf } from "./dates.js";
import { h, sync } from "./dom.js";
import { keepFocus } from "./focus.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { authorName, messageNode, shownAt } from "./message.js";

const GROUP_GAP = 5 * 60 * 1000;
const NEAR_END = 80;
const NEAR_TOP = 8;
const OVER_TOP = 12;

/** What only one person sees stands alone, as in Slack, so that two answers in a row are told apart. */
function isGrouped(previous, message) {
  if (!previous || previous.ephemeral || message.ephemeral || previous.subtype || message.subtype) return false;
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
    this.jump = h(
      "button",
      {
        type: "button",
        class: "messages__jump",
        hidden: true,
        data: { testid: "jump" },
        onclick: () => this.follow(),
      },
      icon("arrowDown", 14),
      t("message.newBelow"),
    );
    this.node = h(
      "div",
      { class: "messages", role: "log", "aria-label": label, tabindex: "0", data: { testid: "messages" } },
      this.inner,
      this.jump,
    );
    this.node.addEventListener("keydown", (event) => this.onKey(event));
    this.rest = "end";
    this.node.addEventListener("scroll", () => {
      this.rest = this.restNow();
      if (this.rest) this.jump.hidden = true;
    });
    const resized = new ResizeObserver(() => this.settle());
    [this.inner, this.node].forEach((part) => resized.observe(part));
  }

  /** What the reader looks at: "end", "top" of a last message that does not fit, or null, something older. */
  restNow() {
    const { scrollHeight, scrollTop, clientHeight } = this.node;
    if (this.rest === "top" && Math.abs(scrollTop - this.lastTop()) < NEAR_TOP) return "top";
    return scrollHeight - scrollTop - clientHeight < NEAR_END ? "end" : null;
  }

  /** Where the last message begins, with the day over it. */
  lastTop() {
    const last = this.inner.lastElementChild;
    const first = last.previousElementSibling?.matches(".day") ? last.previousElementSibling : last;
    const distance = first.getBoundingClientRect().top - this.node.getBoundingClientRect().top;
    return Math.max(0, Math.round(this.node.scrollTop + distance - OVER_TOP));
  }

  settle() {
    if (this.rest === "end") this.node.scrollTop = this.node.scrollHeight;
    else if (this.rest === "top") this.node.scrollTop = this.lastTop();
  }

  /** Goes to what came last; of a message longer than the view its beginning is shown. */
  toLatest() {
    const last = this.inner.lastElementChild;
    this.rest = last?.offsetHeight > this.node.clientHeight ? "top" : "end";
    this.jump.hidden = true;
    this.settle();
  }

  /** Leaves what is older for what comes now. */
  follow() {
    if (this.jump.hidden) this.rest = "end";
    else this.toLatest();
    this.settle();
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
    const had = this.inner.contains(document.activeElement) ? document.activeElement : null;
    const ts = had?.closest(".message")?.dataset.ts;
    const latest = messages.at(-1)?.ts;
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
    sync(this.inner, nodes);
    keepFocus(had, () => this.find(ts) ?? this.node);
    const isNew = latest !== this.latest;
    this.latest = latest;
    if (isNew && this.rest) this.toLatest();
    else if (isNew) this.jump.hidden = false;
    else this.settle();
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

  find(ts) {
    return this.known.get(ts)?.node;
  }
}
