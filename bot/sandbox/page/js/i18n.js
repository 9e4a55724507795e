/* The page's own words, in the language of the person viewed as. What the bot says is never translated here. */

import { EN } from "./strings-en.js";
import { ZH } from "./strings-zh.js";

let words = ZH;
let locale = "zh-CN";
let zone;

export function setLocale(personLocale, timeZone) {
  locale = personLocale || "zh-CN";
  zone = timeZone || undefined;
  words = locale.toLowerCase().startsWith("zh") ? ZH : EN;
  document.documentElement.lang = words === ZH ? "zh-CN" : "en";
}

export function currentLocale() {
  return words === ZH ? "zh-CN" : "en-US";
}

export function timeZone() {
  return zone;
}

/** t("modal.tooLong", {max: 20}) */
export function t(key, values = {}) {
  const sentence = words[key] ?? EN[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** The language of a text that somebody wrote, where it is plain to see; fonts and screen readers follow it. */
export function languageOf(text) {
  const chinese = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  if (chinese > latin) return "zh-CN";
  return latin && !chinese ? "en" : null;
}

/** A refusal's code as a kind sentence; unknown codes are shown so that a developer can look them up. */
export function refusal(code) {
  const key = `refused.${code}`;
  return key in words ? words[key] : t("refused.other", { code });
}
