/* Which element type is built by what. */

import { button, feedback, iconButton, overflow } from "./buttons.js";
import { checkboxes, radioButtons } from "./choices.js";
import { datepicker } from "./datepicker.js";
import { multiSelect, select, timepicker } from "./selects.js";
import { emailInput, numberInput, textInput, urlInput } from "./textinputs.js";

export const controls = {
  button,
  feedback_buttons: feedback,
  icon_button: iconButton,
  overflow,
  checkboxes,
  radio_buttons: radioButtons,
  datepicker,
  timepicker,
  static_select: select,
  external_select: select,
  users_select: select,
  conversations_select: select,
  channels_select: select,
  multi_static_select: multiSelect,
  multi_external_select: multiSelect,
  multi_users_select: multiSelect,
  multi_conversations_select: multiSelect,
  multi_channels_select: multiSelect,
  plain_text_input: textInput,
  number_input: numberInput,
  email_text_input: emailInput,
  url_text_input: urlInput,
};
