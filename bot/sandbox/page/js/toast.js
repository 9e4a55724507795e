/* Short notices at the foot of the page; they stay while pointed at or focused. */

import { h } from "./dom.js";
import { refusal, t } from "./i18n.js";
import { icon } from "./icons.js";

const STAY = 6000;

export function toast(sentence, kind = "info") {
  const host = document.getElementById("toasts");
  const close = h(
    "button",
    { type: "button", class: "toast__close", "aria-label": t("toast.close") },
    icon("close", 16),
  );
  const note = h(
    "div",
    { class: ["toast", `toast--${kind}`], data: { testid: "toast", kind } },
    icon(kind === "error" ? "alert" : "check"),
    h("span", {}, sentence),
    close,
  );
  let timer = setTimeout(() => note.remove(), STAY);
  const hold = () => clearTimeout(timer);
  const release = () => {
    clearTimeout(timer);
    timer = setTimeout(() => note.remove(), STAY);
  };
  close.addEventListener("click", () => note.remove());
  note.addEventListener("pointerenter", hold);
  note.addEventListener("pointerleave", release);
  note.addEventListener("focusin", hold);
  note.addEventListener("focusout", release);
  while (host.children.length > 2) host.firstChild.remove();
  host.append(note);
}

/** Tells about a refusal and says whether there was one. */
export function refused(answer) {
  if (answer.ok !== false) return false;
  toast(refusal(answer.error ?? "dispatch_failed"), "error");
  return true;
}
