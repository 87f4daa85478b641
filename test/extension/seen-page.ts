import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Frame } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What is wrong with a page within the window for who cannot see it, or uses no mouse; by https://github.com/dequelabs/axe-core. */
export async function findInaccessible(frame: Frame): Promise<readonly string[]> {
  if (!(await frame.evaluate<boolean>("'axe' in window"))) await frame.evaluate(AXE);
  return frame.evaluate<string[]>(
    `axe.run("body", { resultTypes: ["violations"] }).then(({ violations }) =>
       violations.map(({ id, help, nodes }) => id + ": " + help + ": " + nodes.map(({ html }) => html).join(" ")))`,
  );
}

/** As WCAG 2.2 asks of texts (1.4.3) and of what is not text (1.4.11). */
const CONTRAST = { text: 4.5, shape: 3 };

/** The texts of a drawing that can hardly be read, and the states that can hardly be seen: of those axe knows nothing. */
export function findFaint(frame: Frame): Promise<readonly string[]> {
  return frame.evaluate<string[]>(`(${FAINT})(${JSON.stringify(CONTRAST)})`);
}

const FAINT = `(least) => {
  const colourOf = (text) => {
    const [r, g, b, a = 1] = (text.match(/[\\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
    return { rgb: [r, g, b], a };
  };
  const over = ({ rgb, a }, below, opacity) =>
    rgb.map((value, index) => value * a * opacity + below[index] * (1 - a * opacity));
  const light = (rgb) => {
    const [r, g, b] = rgb.map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  const page = colourOf(getComputedStyle(document.body).backgroundColor).rgb;
  /** What lies below an element, and how much of the element itself is seen. */
  const ground = (element) => {
    const around = [];
    for (let at = element.parentElement; at !== null && at.id !== "graph"; at = at.parentElement) around.unshift(at);
    let below = page;
    let opacity = 1;
    for (const group of around) {
      opacity *= Number(getComputedStyle(group).opacity);
      const box = [...group.children].find((child) => child.localName === "rect" && child !== element);
      if (box === undefined) continue;
      const { fill, fillOpacity } = getComputedStyle(box);
      if (fill !== "none") below = over(colourOf(fill), below, opacity * Number(fillOpacity));
    }
    return { below, opacity };
  };
  const found = [];
  const look = (element, property, { least, what }) => {
    const { below, opacity } = ground(element);
    const ratio = contrast(over(colourOf(getComputedStyle(element)[property]), below, opacity), below);
    if (ratio < least) found.push(what + ": " + ratio.toFixed(2));
  };
  for (const text of document.querySelectorAll("#graph text, #graph tspan"))
    look(text, "fill", { least: least.text, what: "text " + JSON.stringify(text.textContent) });
  for (const box of document.querySelectorAll("#graph [data-look] > rect"))
    look(box, "stroke", { least: least.shape, what: "state " + box.parentElement.dataset.look });
  return found;
}`;
