import { readFileSync } from "node:fs";
import { createRequire, Module } from "node:module";

/** How the modules of Node.js are loaded; its types do not tell. */
const loader = Module as unknown as { _load: (request: string, ...rest: readonly unknown[]) => unknown };
const require = createRequire(import.meta.url);

/**
 * From now on, whoever asks for `vscode` in this process gets something that does nothing; answers what loads a bundle of the extension.
 * @param loaded told the name of each module once it is loaded
 */
export function standInForVscode(loaded: (name: string) => void = doNothing): (bundle: string) => Bundle {
  const { _load: load } = loader;
  const types = readFileSync(require.resolve("@types/vscode/index.d.ts"), "utf8");
  const names = [...types.matchAll(/^\texport (?:class|enum|namespace) (\w+)/gm)].map(
    ([, name = ""]) => name,
  );
  const members = names.map((name) => [name, standIn(name)] as const);
  const vscode = { ...Object.fromEntries(members), version: "1.137.0" };
  loader._load = (name, ...rest) => {
    const module = name === "vscode" ? vscode : load(name, ...rest);
    loaded(name);
    return module;
  };
  return (bundle) => require(bundle) as Bundle;
}

/** What VS Code calls of an extension. */
interface Bundle {
  readonly activate: (context: unknown) => unknown;
}

/** Something that can be called, constructed and looked into without end, and that does nothing. */
export function standIn(name: string): unknown {
  const members = new Map<string | symbol, unknown>([
    ["then", undefined],
    [Symbol.iterator, () => [].values()],
    [Symbol.toPrimitive, () => name],
  ]);
  // A setting that nobody has set is as it is by default.
  const answer = (args: readonly unknown[]): unknown => (name === "get" ? args[1] : standIn(name));
  return new Proxy(doNothing, {
    get(_target, key) {
      if (!members.has(key)) members.set(key, standIn(String(key)));
      return members.get(key);
    },
    set: (_target, key, value) => members.set(key, value).has(key),
    apply: (_target, _self, args: readonly unknown[]) => answer(args),
    construct: () => standIn(name) as object,
  });
}

function doNothing(): void {}
