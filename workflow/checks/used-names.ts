import type { ExpressionChecker } from "../expressions/check-expression.js";
import type { CheckedExpression } from "../expressions/checked-expression.js";

/** An expression as it was checked, for whoever wants to know what stands where in it. */
export interface SeenExpression {
  readonly source: string;
  readonly checked: CheckedExpression;
  /** Knows the names that the expression may use. */
  readonly checker: ExpressionChecker;
  /** Where a character of the source stands in the text of the file. */
  readonly offset: (index: number) => number;
}

/** What the expressions of a workflow use. */
export interface UsedNames {
  /** Is told of each expression; absent where nobody asks. */
  readonly see?: (expression: SeenExpression) => void;
  /** To be told every use, and of every expression that cannot be read. */
  readonly add: (path: readonly string[]) => void;
  readonly doubt: () => void;
  readonly isUncertain: () => boolean;
  /** Whether this, or all of what it is a part of, is used. */
  readonly isUsed: (path: readonly string[]) => boolean;
}

/** Nothing used yet. */
export function createUsedNames(see?: UsedNames["see"]): UsedNames {
  const used = new Set<string>();
  let isUncertain = false;
  return {
    add: (path) => {
      // A use of a part is one of the whole that declares it: `params.day.getHours`.
      let name = "";
      for (const part of path) {
        if (name !== "") used.add((name += "."));
        name += part;
      }
      used.add(name);
    },
    doubt: () => {
      isUncertain = true;
    },
    isUncertain: () => isUncertain,
    isUsed: (path) => {
      const name = path.join(".");
      if (used.has(name) || used.has(`${name}.`)) return true;
      return path.some((_, length) => length > 0 && used.has(path.slice(0, length).join(".")));
    },
    ...(see === undefined ? {} : { see }),
  };
}
