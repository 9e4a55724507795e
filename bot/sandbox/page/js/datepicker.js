/* A date field: type YYYY-MM-DD or choose in a calendar; arrow keys walk through the days. */

import { dayOf, isoDay } from "./dates.js";
import { h, isComposing, replace, uid } from "./dom.js";
import { currentLocale, t } from "./i18n.js";
import { icon } from "./icons.js";
import { textString } from "./mrkdwn.js";
import { openPopup } from "./popup.js";
import { clockNow } from "./store.js";

const DAY = 86_400_000;

function toIso(date) {
  return date.toISOString().slice(0, 10);
}

function fromIso(iso) {
  return new Date(`${iso}T00:00:00Z`);
}

function isDay(text) {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(fromIso(text).getTime()) && toIso(fromIso(text)) === text;
}

/** 2026/3/5, 2026.03.05 and 2026年3月5日 are dates too. */
function readDay(text) {
  const match = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(text.trim());
  const iso = match && `${match[1]}-${match[2].padStart(2, "0")}-${match[3].padStart(2, "0")}`;
  return iso && isDay(iso) ? iso : null;
}

function shifted(iso, days) {
  return toIso(new Date(fromIso(iso).getTime() + days * DAY));
}

function shiftedMonth(iso, months) {
  const date = fromIso(iso);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return toIso(date);
}

const KEYS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

class Calendar {
  constructor(chosen, today, onPick) {
    Object.assign(this, { chosen, today, onPick, day: chosen ?? today });
    this.monthId = uid("month");
    this.node = h("div", {
      class: "calendar",
      role: "dialog",
      "aria-labelledby": this.monthId,
      data: { testid: "calendar" },
    });
    this.node.addEventListener("keydown", (event) => this.onKey(event));
    this.draw();
  }

  onKey(event) {
    if (!event.target.dataset.day) return;
    if (event.key in KEYS) this.day = shifted(this.day, KEYS[event.key]);
    else if (event.key === "PageUp") this.day = shiftedMonth(this.day, -1);
    else if (event.key === "PageDown") this.day = shiftedMonth(this.day, 1);
    else return;
    event.preventDefault();
    this.draw();
    this.focus();
  }

  focus() {
    this.node.querySelector('[tabindex="0"][data-day]')?.focus();
  }

  turn(months) {
    this.day = shiftedMonth(this.day, months);
    this.draw();
    this.node.querySelectorAll(".icon-button")[months < 0 ? 0 : 1].focus();
  }

  draw() {
    const heading = isoDay(this.day, { year: "numeric", month: "long" });
    const previous = h(
      "button",
      { type: "button", class: "icon-button", "aria-label": t("date.previous"), onclick: () => this.turn(-1) },
      icon("previous"),
    );
    const next = h(
      "button",
      { type: "button", class: "icon-button", "aria-label": t("date.next"), onclick: () => this.turn(1) },
      icon("forward"),
    );
    const label = h("div", { class: "calendar__month", id: this.monthId, "aria-live": "polite" }, heading);
    replace(this.node, h("div", { class: "calendar__head" }, previous, label, next), this.grid());
  }

  grid() {
    const monthStart = fromIso(`${this.day.slice(0, 7)}-01`);
    const weekStart = currentLocale() === "zh-CN" ? 1 : 0;
    const lead = (monthStart.getUTCDay() - weekStart + 7) % 7;
    const first = toIso(new Date(monthStart.getTime() - lead * DAY));
    const days = Array.from({ length: 42 }, (_, index) => shifted(first, index));
    const weeks = Array.from({ length: 6 }, (_, index) => days.slice(index * 7, index * 7 + 7));
    const names = weeks[0].map((iso) =>
      h("span", { class: "calendar__weekday", role: "columnheader" }, isoDay(iso, { weekday: "narrow" })),
    );
    return h(
      "div",
      { role: "grid" },
      h("div", { class: "calendar__week", role: "row" }, ...names),
      ...weeks.map((week) => h("div", { class: "calendar__week", role: "row" }, ...week.map((iso) => this.cell(iso)))),
    );
  }

  cell(iso) {
    const outside = iso.slice(0, 7) !== this.day.slice(0, 7);
    const button = h(
      "button",
      {
        type: "button",
        class: [
          "calendar__day",
          outside && "calendar__day--outside",
          iso === this.today && "calendar__day--today",
          iso === this.chosen && "calendar__day--chosen",
        ],
        tabindex: iso === this.day ? "0" : "-1",
        "aria-label": isoDay(iso, { year: "numeric", month: "long", day: "numeric", weekday: "long" }),
        "aria-current": iso === this.today ? "date" : null,
        data: { day: iso, testid: "calendar-day" },
        onclick: () => this.onPick(iso),
      },
      String(Number(iso.slice(8))),
    );
    return h("span", { role: "gridcell", "aria-selected": String(iso === this.chosen) }, button);
  }
}

export function datepicker(slot) {
  const placeholder = textString(slot.element.placeholder) || t("date.placeholder");
  const input = h("input", { ...slot.props(), class: "date__input", type: "text", autocomplete: "off", placeholder });
  const opener = h(
    "button",
    { type: "button", class: "date__open", "aria-label": t("date.open"), "aria-haspopup": "dialog" },
    icon("calendar", 16),
  );
  const node = h("div", { class: "date", data: { testid: "date" } }, opener, input);
  let popup = null;

  const show = () => {
    input.value = slot.value ? isoDay(slot.value) : "";
  };
  const choose = (iso) => {
    if (iso !== slot.value) slot.choose(iso, show);
    if (document.activeElement !== input) show();
  };
  const toggle = () => {
    if (popup) return popup.close(true);
    const calendar = new Calendar(slot.value, dayOf(clockNow()), (iso) => {
      choose(iso);
      popup.close(true);
    });
    popup = openPopup(node, calendar.node, {
      onClose: (byKey) => {
        popup = null;
        if (byKey) opener.focus();
        show();
      },
    });
    return calendar.focus();
  };
  opener.addEventListener("click", toggle);
  input.addEventListener("focus", () => {
    input.value = slot.value ?? "";
    input.select();
  });
  input.addEventListener("input", () => {
    const iso = readDay(input.value);
    if (iso) choose(iso);
    else if (!input.value.trim()) choose(null);
  });
  input.addEventListener("blur", show);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" || isComposing(event)) return;
    event.preventDefault();
    toggle();
  });
  show();
  return node;
}
