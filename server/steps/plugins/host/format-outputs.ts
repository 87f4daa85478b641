/** The plug-in has returned what is no output. */
export class OutputError extends Error {
  readonly code = "output-unusable";
}

/** Outputs as a script writes them: blocks, each ended by a line that its text does not hold. Texts stand as they are, all else as JSON. @throws OutputError */
export function formatOutputs(outputs: Readonly<Record<string, unknown>>): string {
  return Object.entries(outputs)
    .map(([name, value]) => {
      const text = typeof value === "string" ? value : textOf(name, value);
      const lines = new Set(text.split(/\r?\n/));
      let end = "END";
      while (lines.has(end)) end += "_";
      return `${name}<<${end}\n${text}\n${end}\n`;
    })
    .join("");
}

function textOf(name: string, value: unknown): string {
  const text = toJson(value);
  if (text !== undefined) return text;
  const what = value === undefined ? "undefined" : `a ${typeof value}`;
  throw new OutputError(`output "${name}" is ${what}, which is no JSON`);
}

/** Nothing where JSON has no such value. */
function toJson(value: unknown): string | undefined {
  return JSON.stringify(value);
}
