/* Slack's mrkdwn → DOM nodes. Text only ever becomes a text node; links need a harmless scheme. */

import { dateTokens } from "./dates.js";
import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { channel, nameOf, store } from "./store.js";

const WORD = /[\p{L}\p{N}]/u;
const MARKS = { "*": "strong", _: "em", "~": "s" };
const BARE_URL = /https?:\/\/[^\s<>|，。；！？、）】」]+[^\s<>|，。；！？、）】」.,;:!?)'"]/y;

export function decode(text) {
  return text.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&" })[name]);
}

function plain(text) {
  return document.createTextNode(withEmoji(decode(text)));
}

export function safeUrl(url) {
  return /^(https?:|mailto:|tel:)/i.test(url.trim()) ? url.trim() : null;
}

export function link(url, ...label) {
  const href = safeUrl(url);
  if (!href) return h("span", {}, ...label);
  return h("a", { class: "link", href, target: "_blank", rel: "noopener noreferrer" }, ...label);
}

export function mention(userId) {
  const self = userId === store.me?.id;
  return h("span", { class: ["mention", self && "mention--self"], data: { userId } }, `@${nameOf(userId)}`);
}

export function channelMention(id, label) {
  return h("span", { class: "mention" }, `#${channel(id)?.name ?? label ?? id}`);
}

export function broadcast(range) {
  return h("span", { class: ["mention", "mention--self"] }, `@${range}`);
}

/** What stands between < and >: a mention, a date, a broadcast or a link. */
function special(body) {
  const [head, ...rest] = body.split("|");
  const label = rest.length ? rest.join("|") : null;
  if (head.startsWith("@")) return mention(head.slice(1));
  if (head.startsWith("#")) return channelMention(head.slice(1), label);
  if (head.startsWith("!date^")) {
    const [, unix, pattern, url] = head.split("^");
    const shown = dateTokens(unix, decode(pattern ?? ""), label && decode(label));
    return url ? link(decode(url), shown) : h("time", {}, shown);
  }
  if (head.startsWith("!subteam^")) return h("span", { class: "mention" }, label ?? head);
  if (head.startsWith("!")) return broadcast(head.slice(1));
  if (!safeUrl(decode(head))) return document.createTextNode(decode(`<${body}>`));
  const text = label ?? head.replace(/^mailto:/, "");
  return link(decode(head), ...inline(text, { links: false }));
}

/** The index of the mark that closes the one at `start`, or -1: marks hug their text and stand clear of words. */
function closing(text, start) {
  const mark = text[start];
  if (WORD.test(text[start - 1] ?? "") || /\s|^$/.test(text[start + 1] ?? "")) return -1;
  for (let at = start + 1; at < text.length && text[at] !== "\n"; at += 1) {
    if (text[at] === "<") {
      const end = text.indexOf(">", at);
      if (end > 0) at = end;
      continue;
    }
    const closes = text[at] === mark && at > start + 1 && !/\s/.test(text[at - 1]) && !WORD.test(text[at + 1] ?? "");
    if (closes) return at;
  }
  return -1;
}

function bareUrl(text, at) {
  if (WORD.test(text[at - 1] ?? "")) return null;
  BARE_URL.lastIndex = at;
  return BARE_URL.exec(text)?.[0] ?? null;
}

/** One construct that begins at `at`, as {node, end}, or null when the character is just a character. */
function construct(text, at, options) {
  const sign = text[at];
  if (sign === "<") {
    const end = text.indexOf(">", at);
    const body = text.slice(at + 1, end);
    if (end > at + 1 && !body.includes("\n")) return { node: special(body), end: end + 1 };
  } else if (sign === "`") {
    const end = text.indexOf("`", at + 1);
    const body = text.slice(at + 1, end);
    if (end > at + 1 && !body.includes("\n")) return { node: h("code", { class: "code" }, decode(body)), end: end + 1 };
  } else if (sign in MARKS) {
    const end = closing(text, at);
    if (end > 0) return { node: h(MARKS[sign], {}, ...inline(text.slice(at + 1, end), options)), end: end + 1 };
  } else if (sign === "h" && options.links) {
    const url = bareUrl(text, at);
    if (url) return { node: link(decode(url), decode(url)), end: at + url.length };
  }
  return null;
}

/** Inline mrkdwn → an array of nodes. */
export function inline(text, options = { links: true }) {
  const nodes = [];
  let from = 0;
  let at = 0;
  while (at < text.length) {
    const found = construct(text, at, options);
    if (found) {
      if (at > from) nodes.push(plain(text.slice(from, at)));
      nodes.push(found.node);
      at = found.end;
      from = at;
    } else {
      at += 1;
    }
  }
  if (from < text.length) nodes.push(plain(text.slice(from)));
  return nodes;
}

function withBreaks(lines, options) {
  return lines.flatMap((line, index) => (index ? [h("br"), ...inline(line, options)] : inline(line, options)));
}

const QUOTE = /^(?:>|&gt;) ?/;

/** Paragraph text with quotes: neighbouring quoted lines share one bar. */
function paragraphs(text, options) {
  const nodes = [];
  let lines = [];
  let quoted = false;
  const flush = () => {
    if (!lines.length) return;
    nodes.push(
      quoted
        ? h("blockquote", { class: "quote" }, ...withBreaks(lines, options))
        : h("span", {}, ...withBreaks(lines, options)),
    );
    lines = [];
  };
  text.split("\n").forEach((line) => {
    const isQuote = QUOTE.test(line);
    if (isQuote !== quoted) flush();
    quoted = isQuote;
    lines.push(isQuote ? line.replace(QUOTE, "") : line);
  });
  flush();
  return nodes;
}

/** Whole mrkdwn text → nodes, code blocks first. */
export function mrkdwn(text, { verbatim = false } = {}) {
  const options = { links: !verbatim };
  return String(text ?? "")
    .split(/```\n?([\s\S]*?)\n?```\n?/)
    .flatMap((part, index) => {
      if (index % 2) return h("pre", { class: "pre" }, decode(part));
      return part ? paragraphs(part, options) : [];
    });
}

/** A Block Kit text object → nodes. */
export function textNodes(text) {
  if (!text) return [];
  if (text.type === "mrkdwn") return mrkdwn(text.text, text);
  return String(text.text)
    .split("\n")
    .flatMap((line, index) => {
      const shown = text.emoji === false ? line : withEmoji(line);
      return index ? [h("br"), shown] : [shown];
    });
}

/** A text object as a plain string, for labels and options. */
export function textString(text) {
  return withEmoji(typeof text === "string" ? text : (text?.text ?? ""));
}
