import type { Json } from "@headwater/workflow";

/** Outputs as a script writes them: blocks, each ended by a line that its text does not hold. Texts stand as they are, all else as JSON. */
export function formatOutputs(outputs: Readonly<Record<string, Json>>): string {
  return Object.entries(outputs)
    .map(([name, value]) => {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      const lines = new Set(text.split(/\r?\n/));
      let end = "END";
      while (lines.has(end)) end += "_";
      return `${name}<<${end}\n${text}\n${end}\n`;
    })
    .join("");
}
