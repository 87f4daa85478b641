import colors from "picocolors";
import type { Io, Output } from "./io.js";

export type Paint = (text: string) => string;

/** Colours, or none: they are for a terminal whose owner did not say NO_COLOR (https://no-color.org). */
export interface Style {
  readonly bold: Paint;
  readonly quiet: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly busy: Paint;
  /** In the colour of what it means. */
  status(status: string): string;
}

const GOOD = ["succeeded", "active", "passed"];
const BAD = ["failed", "timed_out", "upstream_failed", "canceled", "refused", "error"];
const BUSY = ["running", "starting", "retrying", "held", "warning"];

/** The style that fits where the text goes. */
export function styleFor(output: Output, env: Io["env"]): Style {
  const isColored = output.isTerminal && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
  return createStyle(isColored);
}

/** A style with colours or without. */
export function createStyle(isColored: boolean): Style {
  const { bold, dim, green, red, yellow } = colors.createColors(isColored);
  return {
    bold,
    quiet: dim,
    good: green,
    bad: red,
    busy: yellow,
    status(status) {
      if (GOOD.includes(status)) return green(status);
      if (BAD.includes(status)) return red(status);
      return BUSY.includes(status) ? yellow(status) : status;
    },
  };
}
