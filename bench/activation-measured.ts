import { readFileSync } from "node:fs";
import { createRequire, Module } from "node:module";

// In a process of its own: loads the extension as VS Code does where there is Node.js, and tells how long that and its `activate` took.

/** Something that can be called, constructed and looked into without end, and that does nothing. */
function standIn(name: string): unknown {
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

/** How the modules of Node.js are loaded; its types do not tell. */
const loader = Module as unknown as { _load: (request: string, ...rest: readonly unknown[]) => unknown };
const { _load: load } = loader;
const require = createRequire(import.meta.url);
const types = readFileSync(require.resolve("@types/vscode/index.d.ts"), "utf8");
const names = [...types.matchAll(/^\texport (?:class|enum|namespace) (\w+)/gm)].map(([, name = ""]) => name);
const members = names.map((name) => [name, standIn(name)] as const);
const vscode = { ...Object.fromEntries(members), version: "1.137.0" };
loader._load = (request, ...rest) => (request === "vscode" ? vscode : load(request, ...rest));

const [, , bundle = ""] = process.argv;
const before = process.cpuUsage();
const startedAt = performance.now();
const { activate } = require(bundle) as { activate: (context: unknown) => unknown };
activate(standIn("context"));
const { user, system } = process.cpuUsage(before);
const activation = { wallMs: performance.now() - startedAt, cpuMs: (user + system) / 1000 };
process.stdout.write(JSON.stringify(activation), () => process.exit());
