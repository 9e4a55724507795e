/* Dialogs over the page: focus stays inside, Escape closes, focus goes back to where it came from. */

import { focusable, h, uid } from "./dom.js";
import { living } from "./focus.js";
import { t } from "./i18n.js";

const layers = () => document.getElementById("layers");
const open = [];

function keepFocusInside(root, event) {
  if (event.key !== "Tab") return;
  const stops = focusable(root);
  if (!stops.length) return;
  const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
  if (document.activeElement !== edge && root.contains(document.activeElement)) return;
  event.preventDefault();
  (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
}

/** Everything below the topmost layer cannot be reached. */
function refreshInert() {
  document.getElementById("app").inert = open.length > 0;
  open.forEach(({ layer }, index) => (layer.inert = index < open.length - 1));
}

/** On the document, because an update may have left the focus nowhere. */
document.addEventListener("keydown", (event) => {
  const top = open.at(-1);
  if (!top) return;
  keepFocusInside(top.layer, event);
  if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
  event.preventDefault();
  top.onEscape();
});

/** Shows `panel` in a layer of its own; returns a function that takes it away. */
export function showLayer(panel, { onEscape, initialFocus, returnTo }) {
  const back = returnTo ?? document.activeElement;
  const layer = h("div", { class: "layer", data: { layer: "" } }, panel);
  const entry = { layer, onEscape };
  open.push(entry);
  layers().append(layer);
  refreshInert();
  (initialFocus?.() ?? focusable(panel)[0] ?? panel).focus({ preventScroll: true });
  return () => {
    open.splice(open.indexOf(entry), 1);
    layer.remove();
    refreshInert();
    const heir = living(back);
    if (heir && !heir.closest("[inert]")) heir.focus({ preventScroll: true });
  };
}

/** Slack's confirm object; resolves to true when the person agrees. */
export function confirmDialog(confirm) {
  return new Promise((resolve) => {
    const title = uid("confirm");
    const body = uid("confirm-text");
    let hide;
    const finish = (agreed) => {
      hide();
      resolve(agreed);
    };
    const danger = confirm.style === "danger";
    const yes = h(
      "button",
      {
        type: "button",
        class: ["button", danger ? "button--danger-solid" : "button--primary"],
        data: { testid: "confirm-ok" },
        onclick: () => finish(true),
      },
      ...confirm.confirm,
    );
    const no = h(
      "button",
      { type: "button", class: "button", data: { testid: "confirm-cancel" }, onclick: () => finish(false) },
      ...confirm.deny,
    );
    const panel = h(
      "div",
      {
        class: "modal modal--small",
        role: "alertdialog",
        "aria-modal": "true",
        "aria-labelledby": title,
        "aria-describedby": body,
        tabindex: "-1",
        data: { testid: "confirm" },
      },
      h("div", { class: "modal__head" }, h("h2", { class: "modal__title", id: title }, ...confirm.title)),
      h("div", { class: "modal__body", id: body }, ...confirm.text),
      h("div", { class: "modal__foot" }, no, yes),
    );
    hide = showLayer(panel, { onEscape: () => finish(false), initialFocus: () => (danger ? no : yes) });
  });
}

export function dismissButton(props) {
  return h("button", { type: "button", class: "icon-button", "aria-label": t("dialog.close"), ...props });
}
