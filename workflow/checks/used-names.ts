/** What the expressions of a workflow use. */
export interface UsedNames {
  /** To be told every use, and of every expression that cannot be read. */
  readonly add: (path: readonly string[]) => void;
  readonly doubt: () => void;
  readonly isUncertain: () => boolean;
  /** Whether this, or all of what it is a part of, is used. */
  readonly isUsed: (path: readonly string[]) => boolean;
}

/** Nothing used yet. */
export function createUsedNames(): UsedNames {
  const used = new Set<string>();
  let isUncertain = false;
  return {
    add: (path) => {
      // A use of a part is one of the whole that declares it: `params.day.getHours`.
      for (let length = 1; length <= path.length; length += 1) {
        used.add(`${path.slice(0, length).join(".")}${length === path.length ? "" : "."}`);
      }
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
  };
}
