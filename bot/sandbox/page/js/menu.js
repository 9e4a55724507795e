/* A menu of commands on a button: arrow keys move, Enter chooses, focus returns to the button. */

import { h } from "./dom.js";
import { openPopup } from "./popup.js";

function move(items, event) {
  const at = items.indexOf(document.activeElement);
  const steps = { ArrowDown: at + 1, ArrowUp: at - 1 + (at < 0 ? 1 : 0), Home: 0, End: items.length - 1 };
  if (!(event.key in steps)) return false;
  items[(steps[event.key] + items.length) % items.length]?.focus();
  return true;
}

function itemNode(item, choose) {
  if (item.heading) return h("div", { class: "menu__heading", role: "presentation" }, item.heading);
  if (item.separator) return h("div", { class: "menu__separator", role: "separator" });
  const props = {
    class: ["menu__item", item.danger && "menu__item--danger"],
    type: "button",
    role: item.checked === undefined ? "menuitem" : "menuitemradio",
    "aria-checked": item.checked === undefined ? null : String(item.checked),
    tabindex: "-1",
    data: { testid: "menu-item", ...item.data },
    onclick: () => choose(item),
  };
  return h(
    "button",
    props,
    item.before,
    h(
      "span",
      { class: "menu__text" },
      h("span", {}, item.label),
      item.detail && h("span", { class: "menu__detail" }, item.detail),
    ),
  );
}

/** items: {label, detail?, before?, run, checked?, danger?, data?} | {heading} | {separator} */
export function openMenu(anchor, items, { label, align = "start", onClose } = {}) {
  let popup;
  const choose = (item) => {
    popup.close(true);
    item.run();
  };
  const list = h("div", { class: "menu", role: "menu", "aria-label": label, data: { testid: "menu" } });
  list.append(...items.map((item) => itemNode(item, choose)));
  const buttons = [...list.querySelectorAll("button")];
  list.addEventListener("keydown", (event) => {
    if (event.key === "Tab") popup.close(true);
    if (move(buttons, event)) event.preventDefault();
  });
  anchor.setAttribute("aria-expanded", "true");
  popup = openPopup(anchor, list, {
    align,
    onClose: (byKey) => {
      anchor.setAttribute("aria-expanded", "false");
      if (byKey && anchor.isConnected) anchor.focus();
      onClose?.();
    },
  });
  (buttons.find((button) => button.getAttribute("aria-checked") === "true") ?? buttons[0])?.focus();
  return popup;
}

/** A button that opens a menu made afresh at each press. */
export function menuButton(props, content, items, options) {
  let popup = null;
  const button = h("button", { type: "button", "aria-haspopup": "menu", "aria-expanded": "false", ...props }, content);
  const toggle = () => {
    if (popup) return popup.close(true);
    popup = openMenu(button, items(), { ...options, onClose: () => (popup = null) });
    return popup;
  };
  button.addEventListener("click", toggle);
  return button;
}
