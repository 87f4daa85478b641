import type { Paint, Style } from "./style.js";

/** The text of a plan with marked lines in the colour of the mark, and bold headings. */
export function paintPlan(text: string, style: Style): string {
  const colors: Readonly<Record<string, Paint>> = { "+": style.good, "-": style.bad, "~": style.busy };
  const lines = text.split("\n").map((line) => {
    const color = colors[/^ *([-+~]) /.exec(line)?.[1] ?? ""];
    if (color !== undefined) return color(line);
    return /^\S/.test(line) ? style.bold(line) : line;
  });
  return lines.join("\n");
}
