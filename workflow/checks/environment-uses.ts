import { textsComparedWith } from "../expressions/closed-values.js";
import type { ExpressionLibrary } from "../expressions/expression-library.js";
import { parseExpression } from "../expressions/parse-expression.js";
import type { Located } from "../schema/schema.js";
import type { SeenExpression } from "./used-names.js";

/** A text that an expression compares the name of its environment with, and where it stands. */
export type EnvironmentUse = Pick<Located<string>, "value" | "range">;

/** Collects them, from each expression that `see` is told of: what environments there are the project says. */
export function createSeenEnvironments(library: ExpressionLibrary): {
  readonly uses: readonly EnvironmentUse[];
  readonly see: (seen: SeenExpression) => void;
} {
  const uses: EnvironmentUse[] = [];
  return {
    uses,
    see: ({ source, checked, offset }) => {
      if (!source.includes("environment") || checked.problems.length > 0) return;
      const parsed = parseExpression(source, library.functions());
      const texts = parsed.ok ? textsComparedWith(parsed.root, ["run", "environment"]) : [];
      for (const { text, start, end } of texts)
        uses.push({ value: text, range: { start: offset(start), end: offset(end - 1) + 1 } });
    },
  };
}
