/* The app's Home tab. */

import { showBlocks } from "./blocks.js";
import { h, replace } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { on, session, store } from "./store.js";
import { Surface } from "./surface.js";

let stop = () => {};

function emptyHome() {
  return h(
    "div",
    { class: "empty empty--home" },
    icon("home", 40),
    h("div", { class: "empty__title" }, t("app.homeEmpty")),
    h("p", { class: "empty__hint" }, t("app.homeEmptyHint")),
  );
}

/** Follows the store from now on; the panel made before stops following. */
export function homePanel() {
  stop();
  const blocks = h("div", { class: "blocks blocks--home" });
  const panel = h("div", {
    class: "home",
    role: "tabpanel",
    id: "tab-panel",
    "aria-labelledby": "tab-home",
    tabindex: "0",
    data: { testid: "home" },
  });
  let surface = null;
  const refresh = () => {
    const { home } = store;
    panel.dataset.viewId = home?.id ?? "";
    if (!home?.blocks?.length) {
      replace(panel, emptyHome());
      return;
    }
    if (surface?.container.view_id !== home.id)
      surface = new Surface({ type: "view", view_id: home.id }, { keepsTyped: true, entered: home.state?.values });
    if (blocks.parentNode !== panel) replace(panel, blocks);
    showBlocks(blocks, home.blocks, surface);
  };
  stop = on("home", () => session.place === "app" && session.tab === "home" && refresh());
  refresh();
  return panel;
}
