/* Times as the viewer reads them: the workspace's time zone, the viewer's language. */

import { currentLocale, t, timeZone } from "./i18n.js";
import { clockNow } from "./store.js";

const HALF_YEAR = 183 * 86_400_000;

function format(date, options) {
  return new Intl.DateTimeFormat(currentLocale(), { timeZone: timeZone(), ...options }).format(date);
}

/** YYYY-MM-DD of a moment in the workspace's time zone. */
export function dayOf(date) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: timeZone() }).format(date);
}

export function clockTime(date, seconds = false) {
  return format(date, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...(seconds ? { second: "2-digit" } : {}),
  });
}

/** "Today", "Yesterday", or a full day, for the dividers between messages. */
export function dayLabel(date) {
  const today = clockNow();
  if (dayOf(date) === dayOf(today)) return t("date.today");
  if (dayOf(date) === dayOf(new Date(today.getTime() - 86_400_000))) return t("date.yesterday");
  return longDay(date);
}

export function longDay(date) {
  const year = dayOf(date).slice(0, 4) === dayOf(clockNow()).slice(0, 4) ? {} : { year: "numeric" };
  return format(date, { month: "long", day: "numeric", weekday: "long", ...year });
}

export function shortDay(date) {
  return format(date, { month: "short", day: "numeric", weekday: "short" });
}

export function moment(date) {
  return format(date, {
    month: "short",
    day: "numeric",
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
}

/** A calendar day without a time zone, such as a datepicker's value. */
export function isoDay(iso, options = { year: "numeric", month: "short", day: "numeric", weekday: "short" }) {
  return new Intl.DateTimeFormat(currentLocale(), { timeZone: "UTC", ...options }).format(new Date(`${iso}T00:00:00Z`));
}

function pretty(date, fallback) {
  const label = dayLabel(date);
  return label === t("date.today") || label === t("date.yesterday") ? label : fallback();
}

function ago(date) {
  const seconds = (date.getTime() - clockNow().getTime()) / 1000;
  const units = [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ];
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ["minute", 60];
  const relative = new Intl.RelativeTimeFormat(currentLocale(), { numeric: "auto" });
  return relative.format(Math.trunc(seconds / size), unit);
}

/** Slack leaves the year out of dates that are within half a year. */
function year(date) {
  const near = Math.abs(date.getTime() - clockNow().getTime()) < HALF_YEAR;
  return near ? {} : { year: "numeric" };
}

const TOKENS = {
  date_num: (date) => dayOf(date),
  date: (date) => format(date, { ...year(date), month: "long", day: "numeric" }),
  date_short: (date) => format(date, { ...year(date), month: "short", day: "numeric" }),
  date_long: (date) => format(date, { ...year(date), month: "long", day: "numeric", weekday: "long" }),
  date_pretty: (date) => pretty(date, () => TOKENS.date(date)),
  date_short_pretty: (date) => pretty(date, () => TOKENS.date_short(date)),
  date_long_pretty: (date) => pretty(date, () => TOKENS.date_long(date)),
  time: (date) => clockTime(date),
  time_secs: (date) => clockTime(date, true),
  ago,
};

/** Slack's <!date^unix^tokens|fallback>; the fallback shows when the moment is nonsense. */
export function dateTokens(unix, pattern, fallback) {
  const date = new Date(Number(unix) * 1000);
  if (!unix || Number.isNaN(date.getTime())) return fallback ?? pattern;
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => TOKENS[name]?.(date) ?? whole);
}
