/* Charts: Slack draws lines, areas, bars and pies; here each is bars with their numbers, which say the same. */

import { h } from "./dom.js";

const TONES = 6;

function bar(name, value, largest, tone) {
  const fill = h("span", { class: ["chart__bar", `chart__bar--${tone % TONES}`] });
  fill.style.width = `${largest ? (Math.abs(value) / largest) * 100 : 0}%`;
  return h(
    "div",
    { class: "chart__row", data: { testid: "chart-bar" } },
    h("span", { class: "chart__name" }, name),
    h("span", { class: "chart__track" }, fill),
    h("span", { class: "chart__value" }, String(value)),
  );
}

/** One group of bars for each label on the axis; a pie's slices are one group. */
function groups({ type, series, segments, axis_config: axis }) {
  if (type === "pie") return [{ label: "", bars: segments.map(({ label, value }) => ({ name: label, value })) }];
  const labels = axis?.categories ?? series[0].data.map(({ label }) => label);
  return labels.map((label, index) => ({
    label,
    bars: series.map(({ name, data }) => ({ name, value: data[index].value })),
  }));
}

export function chart(block) {
  const found = groups(block.chart);
  const largest = Math.max(...found.flatMap(({ bars }) => bars.map(({ value }) => Math.abs(value))));
  const unit = block.chart.axis_config?.y_label;
  return h(
    "figure",
    { class: "chart" },
    h("figcaption", { class: "chart__title" }, block.title, unit ? ` (${unit})` : null),
    ...found.map(({ label, bars }) =>
      h(
        "div",
        { class: "chart__group" },
        label ? h("div", { class: "chart__label" }, label) : null,
        ...bars.map(({ name, value }, index) => bar(name, value, largest, index)),
      ),
    ),
  );
}
