/* The markdown block: the standard Markdown that Slack shows, line by line → DOM nodes. */

import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { link } from "./mrkdwn.js";

const INLINE = [
  [/^`([^`\n]+)`/, (match) => h("code", { class: "code" }, match[1])],
  [/^!\[([^\]]*)\]\(([^)\s]+)\)/, (match) => link(match[2], match[1] || match[2])],
  [/^\[([^\]]+)\]\(([^)\s]+)\)/, (match) => link(match[2], ...spans(match[1]))],
  [/^\*\*(\S(?:.*?\S)?)\*\*/, (match) => h("strong", {}, ...spans(match[1]))],
  [/^__(\S(?:.*?\S)?)__/, (match) => h("strong", {}, ...spans(match[1]))],
  [/^~~(\S(?:.*?\S)?)~~/, (match) => h("s", {}, ...spans(match[1]))],
  [/^\*(\S(?:.*?\S)?)\*/, (match) => h("em", {}, ...spans(match[1]))],
  [/^_(\S(?:.*?\S)?)_(?![\p{L}\p{N}])/u, (match) => h("em", {}, ...spans(match[1]))],
  [/^https?:\/\/[^\s<>，。；！？、）】]+/, (match) => link(match[0], match[0])],
];

function spans(text) {
  const nodes = [];
  let pending = "";
  let rest = text;
  const flush = () => {
    if (pending) nodes.push(withEmoji(pending));
    pending = "";
  };
  while (rest) {
    if (rest[0] === "\\" && /[*_~`[\]\\#]/.test(rest[1] ?? "")) {
      pending += rest[1];
      rest = rest.slice(2);
      continue;
    }
    const found = INLINE.map(([pattern, build]) => [pattern.exec(rest), build]).find(([match]) => match);
    if (found) {
      flush();
      nodes.push(found[1](found[0]));
      rest = rest.slice(found[0][0].length);
    } else {
      pending += rest[0];
      rest = rest.slice(1);
    }
  }
  flush();
  return nodes;
}

const ITEM = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const RULE = /^(\s*[-*_]){3,}\s*$/;
const TABLE_RULE = /^\s*\|?(\s*:?-+:?\s*\|)+\s*:?-*:?\s*\|?\s*$/;

function cells(line) {
  return line
    .trim()
    .replace(/^\||\|$/g, "")
    .split("|")
    .map((cell) => cell.trim());
}

/** Consumes lines while `test` holds and returns them. */
function take(lines, test) {
  const taken = [];
  while (lines.length && test(lines[0])) taken.push(lines.shift());
  return taken;
}

function fence(lines) {
  lines.shift();
  const code = take(lines, (line) => !line.startsWith("```"));
  lines.shift();
  return h("pre", { class: "pre" }, code.join("\n"));
}

function listOf(lines) {
  const items = take(lines, (line) => ITEM.test(line)).map((line) => ITEM.exec(line));
  const tag = /\d/.test(items[0][2]) ? "ol" : "ul";
  const start = tag === "ol" && items[0][2] !== "1." ? parseInt(items[0][2], 10) : null;
  const nodes = items.map(([, indent, , text]) =>
    h("li", { class: `rich-item--${Math.min(Math.floor(indent.length / 2), 4)}` }, ...spans(text)),
  );
  return h(tag, { class: "rich-list", start }, ...nodes);
}

function table(lines) {
  const [head, , ...rows] = take(lines, (line) => line.includes("|"));
  return h(
    "div",
    { class: "table-frame" },
    h(
      "table",
      { class: "table" },
      h("thead", {}, h("tr", {}, ...cells(head).map((cell) => h("th", { scope: "col" }, ...spans(cell))))),
      h("tbody", {}, ...rows.map((row) => h("tr", {}, ...cells(row).map((cell) => h("td", {}, ...spans(cell)))))),
    ),
  );
}

function quote(lines) {
  const quoted = take(lines, (line) => line.startsWith(">")).map((line) => line.replace(/^>\s?/, ""));
  return h("blockquote", { class: "quote" }, ...markdown(quoted.join("\n")));
}

function isPlain(line) {
  return Boolean(line.trim()) && ![ITEM, HEADING, RULE].some((pattern) => pattern.test(line)) && !/^(```|>)/.test(line);
}

function paragraph(lines) {
  const taken = take(lines, isPlain);
  if (!taken.length) taken.push(lines.shift());
  return h(
    "p",
    { class: "paragraph" },
    ...taken.flatMap((line, index) => (index ? [h("br"), ...spans(line)] : spans(line))),
  );
}

function heading(lines) {
  const [, signs, text] = HEADING.exec(lines.shift());
  return h("p", { class: ["markdown-heading", `markdown-heading--${Math.min(signs.length, 3)}`] }, ...spans(text));
}

export function markdown(text) {
  const lines = String(text).replace(/\r/g, "").split("\n");
  const nodes = [];
  while (lines.length) {
    const line = lines[0];
    if (!line.trim()) lines.shift();
    else if (line.startsWith("```")) nodes.push(fence(lines));
    else if (HEADING.test(line)) nodes.push(heading(lines));
    else if (RULE.test(line)) nodes.push(lines.shift() && h("hr", { class: "divider" }));
    else if (line.startsWith(">")) nodes.push(quote(lines));
    else if (ITEM.test(line)) nodes.push(listOf(lines));
    else if (line.includes("|") && TABLE_RULE.test(lines[1] ?? "")) nodes.push(table(lines));
    else nodes.push(paragraph(lines));
  }
  return nodes;
}
