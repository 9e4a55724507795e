/* What Slack's client itself checks before it submits a modal. */

import { t } from "./i18n.js";
import { leafName } from "./surface.js";
import { lengthOf } from "./textinputs.js";

function isEmpty(value) {
  return value === null || value === undefined || (Array.isArray(value) ? !value.length : !String(value).trim());
}

function textFault(element, value) {
  const length = lengthOf(value);
  if (element.min_length && length < element.min_length) return t("modal.tooFew", { min: element.min_length });
  if (element.max_length && length > element.max_length) return t("modal.tooMany", { max: element.max_length });
  return null;
}

function numberFault(element, value) {
  const form = element.is_decimal_allowed ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/;
  if (!form.test(value)) return t("modal.number");
  const { min_value: min, max_value: max } = element;
  const outside =
    (min !== undefined && Number(value) < Number(min)) || (max !== undefined && Number(value) > Number(max));
  return outside ? t("modal.range", { min: min ?? "−∞", max: max ?? "∞" }) : null;
}

const FAULTS = {
  plain_text_input: textFault,
  number_input: numberFault,
  email_text_input: (_, value) => (/^\S+@\S+\.\S+$/.test(value) ? null : t("modal.email")),
  url_text_input: (_, value) => (/^https?:\/\/\S+$/i.test(value) ? null : t("modal.url")),
};

function faultOf(block, surface) {
  const { element } = block;
  if (!leafName(element.type)) return null;
  const value = surface.value(block.block_id, element);
  if (isEmpty(value)) return block.optional ? null : t("modal.required");
  return FAULTS[element.type]?.(element, String(value).trim()) ?? null;
}

/** {block_id: sentence} of every input that is not yet fit to be sent. */
export function faultsOf(blocks, surface) {
  const faults = {};
  blocks
    .filter((block) => block.type === "input")
    .forEach((block) => {
      const fault = faultOf(block, surface);
      if (fault) faults[block.block_id] = fault;
    });
  return faults;
}
