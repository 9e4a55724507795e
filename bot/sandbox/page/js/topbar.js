/* The bar on top: the drawer's button, the business clock, and who is looking. */

import { api } from "./api.js";
import { clockTime, moment, shortDay } from "./dates.js";
import { h, replace } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { menuButton } from "./menu.js";
import { avatar, roleHint, standing } from "./people.js";
import { clockNow, nameOf, on, session, setClock, store } from "./store.js";
import { refused, toast } from "./toast.js";

const TICK = 15_000;

export class TopBar {
  constructor({ viewAs, drawer }) {
    Object.assign(this, { viewAs, drawer });
    this.node = h("header", { class: "top" });
    this.now = h("time", { class: "clock__now", data: { testid: "clock-now" } });
    on("clock", () => this.tick());
    on("next-day", () => this.move(this.next, api.nextWorkingDay));
    setInterval(() => this.tick(), TICK);
  }

  show() {
    const menu = h(
      "button",
      {
        type: "button",
        class: "icon-button top__menu",
        "aria-label": t("sidebar.open"),
        "aria-expanded": "false",
        "aria-controls": "sidebar",
        data: { testid: "drawer" },
        onclick: this.drawer,
      },
      icon("menu", 20),
    );
    replace(
      this.node,
      menu,
      h("span", { class: "top__team" }, store.team.name),
      h("span", { class: "top__gap" }),
      store.clock ? this.clock() : null,
      this.people(),
    );
    this.tick();
  }

  tick() {
    if (!store.clock) return;
    const now = clockNow();
    replace(this.now, h("span", { class: "clock__date" }, `${shortDay(now)} `), clockTime(now));
    this.now.dateTime = now.toISOString();
    this.now.setAttribute("aria-label", t("clock.label", { now: moment(now) }));
  }

  clock() {
    const next = h(
      "button",
      {
        type: "button",
        class: "clock__next",
        title: t("clock.next"),
        "aria-label": t("clock.next"),
        data: { testid: "clock-next" },
      },
      h("span", { class: "clock__long" }, t("clock.next")),
      h("span", { class: "clock__short" }, t("clock.nextShort")),
      icon("forward", 14),
    );
    const label = t("clock.hour");
    const hour = h(
      "button",
      { type: "button", class: "clock__hour", title: label, "aria-label": label, data: { testid: "clock-hour" } },
      "+1h",
    );
    hour.addEventListener("click", () => this.move(hour, api.nextHour));
    next.addEventListener("click", () => this.move(next, api.nextWorkingDay));
    this.next = next;
    return h("div", { class: "clock" }, icon("clock", 16), this.now, hour, next);
  }

  async move(button, ahead) {
    if (!button || button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    const answer = await ahead();
    button.removeAttribute("aria-busy");
    if (refused(answer)) return;
    setClock({ now: answer.now });
    this.tick();
    toast(t("clock.moved", { now: moment(clockNow()) }));
  }

  people() {
    const name = nameOf(session.as);
    const props = {
      class: "as",
      "aria-label": t("viewAs.label", { name }),
      data: { testid: "view-as", userId: session.as },
    };
    const content = [avatar(session.as, 24), h("span", { class: "as__name" }, name), icon("down", 14)];
    const face = h("span", { class: "as__face" }, ...content);
    return menuButton(props, face, () => this.items(), { label: t("viewAs.hint"), align: "end" });
  }

  items() {
    const active = store.people.filter((person) => person.is_active !== false);
    const people = active.map((person) => ({
      label: person.name + (standing(person.id) ?? ""),
      detail: roleHint(person.id),
      before: avatar(person.id, 28),
      checked: person.id === session.as,
      data: { testid: "view-as-option", userId: person.id },
      run: () => this.viewAs(person.id),
    }));
    return [{ heading: t("viewAs.hint") }, ...people];
  }
}
