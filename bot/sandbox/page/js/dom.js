/* Building DOM nodes. Nothing in this page ever parses markup: text goes in as text nodes. */

const SVG = "http://www.w3.org/2000/svg";
let counter = 0;

/** A page-unique id, for aria-controls, aria-labelledby and the like. */
export function uid(prefix = "n") {
  counter += 1;
  return `${prefix}-${counter}`;
}

function setProp(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "class") node.setAttribute("class", Array.isArray(value) ? value.filter(Boolean).join(" ") : value);
  else if (name === "data") Object.entries(value).forEach(([key, item]) => item != null && (node.dataset[key] = item));
  else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "value") node.value = value;
  else node.setAttribute(name, value === true ? "" : String(value));
}

function append(node, child) {
  if (child === null || child === undefined || child === false) return;
  if (Array.isArray(child)) child.forEach((item) => append(node, item));
  else node.append(child);
}

/** h("a", {class: "link", href: url, onclick: go}, "text", otherNode, [more]) */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  Object.entries(props ?? {}).forEach(([name, value]) => setProp(node, name, value));
  append(node, children);
  return node;
}

export function svg(paths, { size = 18, viewBox = "0 0 20 20", dots = false } = {}) {
  const root = document.createElementNS(SVG, "svg");
  root.setAttribute("viewBox", viewBox);
  root.setAttribute("width", size);
  root.setAttribute("height", size);
  root.setAttribute("aria-hidden", "true");
  root.setAttribute("class", dots ? "icon icon--dots" : "icon");
  [paths].flat().forEach((d) => {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    root.append(path);
  });
  return root;
}

export function replace(node, ...children) {
  node.replaceChildren();
  append(node, children);
  return node;
}

/** Gives `node` these children; only those that are new, gone or moved are touched, so the others keep their focus. */
export function sync(node, children) {
  const wanted = new Set(children);
  [...node.children].forEach((child) => wanted.has(child) || child.remove());
  children.forEach((child, index) => {
    if (node.children[index] !== child) node.insertBefore(child, node.children[index] ?? null);
  });
}

/** True while an input method is composing: Enter then belongs to the input method, not to us. */
export function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}

export function debounce(run, wait) {
  let timer = 0;
  const later = (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...args), wait);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}

const FOCUSABLE =
  'a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), [tabindex]:not([tabindex="-1"])';

/** Visible, reachable controls in tab order. */
export function focusable(root) {
  return [...root.querySelectorAll(FOCUSABLE)].filter((node) => node.tabIndex >= 0 && node.getClientRects().length > 0);
}
