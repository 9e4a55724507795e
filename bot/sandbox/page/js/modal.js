/* Modals: a stack of up to three, of which the top one is shown; each keeps what was typed in it. */

import { api } from "./api.js";
import { setFieldError, showBlocks } from "./blocks.js";
import { showLayer } from "./dialog.js";
import { focusable, h, isComposing, replace, uid } from "./dom.js";
import { forgetOthers, keepTyped, typedIn } from "./drafts.js";
import { refusal, t } from "./i18n.js";
import { icon } from "./icons.js";
import { textString } from "./mrkdwn.js";
import { avatar } from "./people.js";
import { emit, store } from "./store.js";
import { Surface } from "./surface.js";
import { refused } from "./toast.js";
import { faultsOf } from "./validation.js";

const TROUBLE = new Set(["timeout", "network", "dispatch_failed", "http_client_error", "http_service_error"]);

/** A block without the name that Slack gives it afresh each time. */
function content(block) {
  return JSON.stringify({ ...block, block_id: null });
}

/** Something else to read, such as another play: it begins differently and nothing that was filled in is left. */
function isAnother(before, after) {
  const inputs = new Set(before.blocks.filter((block) => block.type === "input").map((block) => block.block_id));
  if (after.blocks.some((block) => inputs.has(block.block_id))) return false;
  return !after.blocks.length || !before.blocks.length || content(before.blocks[0]) !== content(after.blocks[0]);
}

/** One view of the stack, with its typing. */
class ModalView {
  constructor(view) {
    this.surface = new Surface(
      { type: "view", view_id: view.id },
      {
        keepsTyped: true,
        entered: { ...view.state?.values, ...typedIn(view.id) },
        onChange: (blockId) => this.changed(blockId),
      },
    );
    this.blocks = h("div", { class: "blocks" });
    this.banner = h("div", { class: "modal__banner", role: "alert", hidden: true, data: { testid: "modal-error" } });
    this.body = h("div", { class: "modal__body" }, this.banner, this.blocks);
    this.scroll = 0;
    this.update(view);
  }

  /** True when something else is to be read now, from its beginning. */
  update(view) {
    const another = Boolean(this.view) && isAnother(this.view, view);
    this.view = view;
    showBlocks(this.blocks, view.blocks, this.surface);
    if (another) this.scroll = this.body.scrollTop = 0;
    return another;
  }

  /** What is changed is no longer wrong, until it is sent again. */
  changed(blockId) {
    keepTyped(this.view.id, this.surface.values());
    this.setError(blockId, null);
    if (!this.blocks.querySelector(".block--invalid")) this.say(null);
  }

  setError(blockId, sentence) {
    return setFieldError(this.blocks, blockId, sentence);
  }

  say(sentence) {
    this.banner.hidden = !sentence;
    replace(this.banner, sentence && icon("alert"), sentence && h("span", {}, sentence));
  }

  /** Marks the fields and goes to the first of them. */
  showErrors(errors) {
    this.view.blocks.forEach(
      (block) => block.type === "input" && this.setError(block.block_id, errors[block.block_id] ?? null),
    );
    const ids = Object.keys(errors);
    this.say(ids.length ? t("modal.checkFields") : null);
    const first = this.view.blocks.find((block) => ids.includes(block.block_id));
    const node = first && [...this.blocks.children].find((child) => child.dataset.blockId === first.block_id);
    if (!node) return;
    node.scrollIntoView({ block: "nearest" });
    focusable(node)[0]?.focus({ preventScroll: true });
  }
}

export class Modals {
  constructor() {
    this.known = new Map();
    this.stack = [];
    this.closing = new Set();
    this.hide = null;
  }

  /** Takes over the stack as the server has it. */
  show(views) {
    const ids = new Set(views.map((view) => view.id));
    forgetOthers(ids);
    [...this.known.keys()].forEach((id) => ids.has(id) || this.known.delete(id));
    const renewed = new Set();
    views.forEach((view) => {
      if (!this.known.has(view.id)) this.known.set(view.id, new ModalView(view));
      else if (this.known.get(view.id).update(view)) renewed.add(view.id);
    });
    const before = this.stack.at(-1)?.id;
    this.stack = views;
    if (!views.length) this.shut();
    else if (!this.hide) this.open();
    else this.fill(before !== views.at(-1).id);
    const lost = document.activeElement === document.body;
    if (lost || renewed.has(views.at(-1)?.id)) this.panel?.focus({ preventScroll: true });
  }

  /** For another person, or until the server has said what is open. */
  leave() {
    this.known.clear();
    this.stack = [];
    this.shut();
  }

  get top() {
    return this.known.get(this.stack.at(-1)?.id);
  }

  open() {
    this.titleId = uid("modal");
    this.panel = h("div", {
      class: "modal",
      role: "dialog",
      "aria-modal": "true",
      "aria-labelledby": this.titleId,
      tabindex: "-1",
      data: { testid: "modal" },
    });
    this.panel.addEventListener("keydown", (event) => this.onKey(event));
    this.fill(false);
    this.hide = showLayer(this.panel, { onEscape: () => this.close(false), initialFocus: () => this.firstStop() });
  }

  firstStop() {
    return focusable(this.top.body)[0] ?? this.panel.querySelector("[data-testid=modal-submit]") ?? this.panel;
  }

  shut() {
    this.hide?.();
    this.hide = null;
    this.panel = null;
  }

  fill(moved) {
    const { top } = this;
    const { view, body } = top;
    this.panel.dataset.viewId = view.id;
    this.panel.dataset.callbackId = view.callback_id ?? "";
    this.panel.dataset.depth = String(this.stack.length);
    const head = this.head(view);
    const foot = this.foot(view);
    if (this.panel.children[1] === body) {
      this.renewEdges(head, foot);
      return;
    }
    replace(this.panel, head, body, foot);
    body.scrollTop = top.scroll;
    body.onscroll = () => (top.scroll = body.scrollTop);
    if (moved) this.firstStop().focus({ preventScroll: true });
  }

  /** Changes title and buttons only where they differ, so that a press under way is not lost. */
  renewEdges(head, foot) {
    const [oldHead, , oldFoot] = this.panel.children;
    if (oldHead.textContent !== head.textContent) oldHead.replaceWith(head);
    if (oldFoot.textContent === foot.textContent) return;
    const had = oldFoot.contains(document.activeElement);
    oldFoot.replaceWith(foot);
    if (had) this.firstStop().focus({ preventScroll: true });
  }

  head(view) {
    const deep = this.stack.length > 1;
    const back =
      deep &&
      h(
        "button",
        {
          type: "button",
          class: "icon-button",
          "aria-label": t("modal.back"),
          data: { testid: "modal-back" },
          onclick: () => this.close(false),
        },
        icon("back", 20),
      );
    const cross = h(
      "button",
      {
        type: "button",
        class: "icon-button modal__cross",
        "aria-label": t("dialog.close"),
        data: { testid: "modal-cross" },
        onclick: () => this.close(deep),
      },
      icon("close", 20),
    );
    return h(
      "div",
      { class: "modal__head" },
      back || avatar(store.app.bot_user_id, 28),
      h("h2", { class: "modal__title", id: this.titleId }, textString(view.title)),
      cross,
    );
  }

  foot(view) {
    const close = h(
      "button",
      {
        type: "button",
        class: "button button--large",
        data: { testid: "modal-close" },
        onclick: () => this.close(false),
      },
      textString(view.close) || t(view.submit ? "dialog.cancel" : "dialog.close"),
    );
    const submit =
      view.submit &&
      h(
        "button",
        {
          type: "button",
          class: "button button--large button--primary",
          data: { testid: "modal-submit" },
          onclick: () => this.submit(),
        },
        textString(view.submit),
      );
    return h("div", { class: "modal__foot" }, close, submit);
  }

  onKey(event) {
    if (event.key !== "Enter" || isComposing(event) || event.defaultPrevented || !this.top.view.submit) return;
    const anywhere = event.ctrlKey || event.metaKey;
    const inLine = event.target.matches("input.text, input.date__input");
    if (!anywhere && !inLine) return;
    event.preventDefault();
    this.submit();
  }

  busy(on) {
    const button = this.panel?.querySelector("[data-testid=modal-submit]");
    if (!button) return;
    if (on) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
  }

  async submit() {
    if (this.sending) return;
    const { top } = this;
    const faults = faultsOf(top.view.blocks, top.surface);
    top.showErrors(faults);
    if (Object.keys(faults).length) return;
    this.sending = true;
    this.busy(true);
    const answer = await api.submit(top.view.id, top.surface.values());
    this.sending = false;
    this.busy(false);
    if (answer.errors) top.showErrors(answer.errors);
    else if (answer.ok === false) top.say(TROUBLE.has(answer.error) ? t("modal.trouble") : refusal(answer.error));
    else emit("views-stale");
  }

  async close(clear) {
    const id = this.stack.at(-1)?.id;
    if (!id || this.closing.has(id)) return;
    this.closing.add(id);
    const answer = await api.close(id, clear);
    this.closing.delete(id);
    if (!refused(answer)) emit("views-stale");
  }
}
