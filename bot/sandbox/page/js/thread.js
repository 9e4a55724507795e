/* The side pane with one message and its replies. */

import { Composer } from "./composer.js";
import { h, replace } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { MessageList } from "./messagelist.js";
import { prompts } from "./prompts.js";
import { emit, messagesIn, on, openChannel, session } from "./store.js";

export class ThreadPane {
  constructor() {
    this.node = h("aside", {
      class: "thread",
      hidden: true,
      "aria-label": t("message.thread"),
      data: { testid: "thread" },
    });
    this.node.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) this.close();
    });
    this.suggested = h("div", {});
    on("prompts", () => session.thread && this.suggest());
    on("messages", (id) => session.thread && id === openChannel() && this.refresh());
  }

  open(message) {
    session.thread = message.ts;
    const close = h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": t("thread.close"),
        data: { testid: "thread-close" },
        onclick: () => this.close(),
      },
      icon("close"),
    );
    this.list = new MessageList({ label: t("message.thread") });
    const onSend = () => this.list.follow();
    this.composer = new Composer({ channel: openChannel(), threadTs: message.ts, commands: false, name: "", onSend });
    this.node.setAttribute("aria-label", t("message.thread"));
    replace(
      this.node,
      h("header", { class: "pane__head" }, h("h2", { class: "pane__title" }, t("message.thread")), close),
      this.list.node,
      this.suggested,
      this.composer.node,
    );
    this.node.hidden = false;
    this.suggest();
    this.refresh();
    this.composer.changed();
    this.composer.focus();
    emit("thread");
  }

  suggest() {
    replace(this.suggested, ...prompts(openChannel(), session.thread));
  }

  close() {
    if (!session.thread) return;
    session.thread = null;
    this.node.hidden = true;
    replace(this.node);
    emit("thread");
  }

  refresh() {
    const messages = messagesIn(openChannel()) ?? [];
    this.list.show(messages.filter((message) => message.ts === session.thread || message.thread_ts === session.thread));
  }
}
