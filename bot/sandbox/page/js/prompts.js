/* What the app suggests to say, over the composer of its conversation or of one of its threads. */

import { api } from "./api.js";
import { h } from "./dom.js";
import { store } from "./store.js";
import { refused } from "./toast.js";

/** Nothing, or one bar; a click says it at once. */
export function prompts(channel, threadTs) {
  const found = store.prompts.get(`${channel} ${threadTs ?? ""}`);
  if (!found) return [];
  const chips = found.prompts.map(({ title, message }) =>
    h(
      "button",
      {
        type: "button",
        class: "welcome__try",
        data: { testid: "prompt" },
        onclick: async () => refused(await api.send(channel, message, threadTs)),
      },
      title,
    ),
  );
  return [
    h(
      "div",
      { class: "prompts", role: "group", "aria-label": found.title, data: { testid: "prompts" } },
      h("span", { class: "prompts__title" }, found.title),
      ...chips,
    ),
  ];
}
