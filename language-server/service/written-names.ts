/** Names that the files of a project use, told by their characters alone: quick, and also in a file that does not parse. */
export interface WrittenNames {
  readonly workflow: string | null;
  readonly signals: readonly string[];
  readonly secrets: readonly string[];
  readonly permits: readonly string[];
  readonly pools: readonly string[];
  readonly owners: readonly string[];
  readonly connections: readonly string[];
  readonly approvers: readonly string[];
}

/** The names of one file. Only ever offered to an author: what is true of them the compiler says. */
export function writtenNames(text: string): WrittenNames {
  const workflow = /^workflow:[ \t]+["']?([a-z][a-z0-9-]*)["']?[ \t]*(?:#.*)?$/m.exec(text)?.[1] ?? null;
  return {
    workflow,
    signals: valuesOf(text, /\bsignal:[ \t]*["']?([a-z][\w.-]*)/g),
    secrets: valuesOf(text, /\bsecrets\.([A-Za-z_]\w*)/g),
    permits: listsOf(text, "permits"),
    pools: valuesOf(text, /\bpool:[ \t]*["']?([a-z][\w-]*)/g),
    owners: valuesOf(text, /^owner:[ \t]*["']?([^\s"'#][^\n"'#]*)/gm),
    connections: valuesOf(text, /\bconnection:[ \t]*["']?([a-z][\w-]*)/g),
    approvers: listsOf(text, "approvers"),
  };
}

function valuesOf(text: string, pattern: RegExp): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name = ""]) => name.trim()))];
}

/** `permits: [a, b]`, `permits: a`, or a list below. */
function listsOf(text: string, key: string): readonly string[] {
  const lists = text.matchAll(
    new RegExp(String.raw`\b${key}:[ \t]*(?:\[([^\]\n]*)\]|((?:\n[ \t]*-[ \t]+[^\n]*)+)|([^\n,}]*))`, "g"),
  );
  const names = [...lists].flatMap(([, flow, block, single]) => {
    if (flow !== undefined) return flow.split(",");
    return block === undefined
      ? [single ?? ""]
      : block.split("\n").map((line) => line.replace(/^[ \t]*-/, ""));
  });
  return [...new Set(names.map(bare).filter((name) => name !== ""))];
}

function bare(written: string): string {
  return written
    .replace(/\s#.*$/, "")
    .trim()
    .replaceAll(/^["']|["']$/g, "");
}
