/* What a newcomer can try, over the composer of the app's messages, until it is put away. */

import { h } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { emit, person, session, store } from "./store.js";

function key() {
  return `welcome ${session.as}`;
}

function chip(props, ...content) {
  return h("button", { type: "button", class: "welcome__try", ...props }, ...content);
}

/** For one composer; null when there is nothing to try, or no wish to. */
export function welcome(composer) {
  const known = store.commands.map((command) => command.command);
  const tries = (person(session.as)?.tries ?? []).filter((words) => known.includes(words.split(" ")[0]));
  if (!tries.length || localStorage.getItem(key())) return null;
  const close = h(
    "button",
    {
      type: "button",
      class: "icon-button welcome__close",
      "aria-label": t("welcome.close"),
      title: t("welcome.close"),
      data: { testid: "welcome-close" },
      onclick: () => {
        localStorage.setItem(key(), "closed");
        node.remove();
        composer.focus();
      },
    },
    icon("close", 16),
  );
  const commands = tries.map((words) =>
    chip({ data: { testid: "welcome-try" }, onclick: () => composer.write(words) }, words),
  );
  const nextDay = { data: { testid: "welcome-clock" }, onclick: () => emit("next-day") };
  const clock = store.clock && chip(nextDay, icon("forward", 14), t("welcome.clock"));
  const node = h(
    "section",
    { class: "welcome", "aria-label": t("welcome.label"), data: { testid: "welcome" } },
    h("div", { class: "welcome__head" }, h("strong", {}, t("welcome.label")), h("span", {}, t("welcome.how"))),
    h("div", { class: "welcome__tries" }, ...commands, clock),
    close,
  );
  return node;
}
