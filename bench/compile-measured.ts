import { compileProject, type CompileCache, type SourceTree } from "@headwater/workflow";
import { LineCounter, parseDocument } from "yaml";

/** A tree of files in memory; with another edition all of them are taken as changed. */
export function treeOf(files: ReadonlyMap<string, Uint8Array>, edition: number): SourceTree {
  return {
    paths: [...files.keys(), SCRIPT].sort(),
    read: (path) => files.get(path),
    contentId: (path) => {
      if (path === SCRIPT) return SCRIPT;
      const bytes = files.get(path);
      return bytes === undefined ? undefined : `${edition} ${bytes.length}`;
    },
  };
}

/** The program that the scripts of the generated workflows run. */
const SCRIPT = "load.py";

/** Compiles it. What is wrong takes another way through the compiler, and would be another measurement. */
export function expectClean(tree: SourceTree, cache: CompileCache): void {
  const { diagnostics } = compileProject(tree, cache);
  const [first] = diagnostics.filter(({ severity }) => severity === "error");
  if (first !== undefined) console.error(`${first.file}: ${first.message}`);
}

/** The floor: what the `yaml` library takes to parse a text. */
export function parseAlone(text: string): void {
  parseDocument(text, { lineCounter: new LineCounter() });
}

/** What work takes. CPU time is that of all threads: collecting garbage and compiling code are paid by somebody too. */
export function timeOf(work: () => void): { readonly wallMs: number; readonly cpuMs: number } {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return { wallMs: performance.now() - startedAt, cpuMs: (user + system) / 1000 };
}
