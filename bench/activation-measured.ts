import { standIn, standInForVscode } from "#test/extension/vscode-stand-in.js";

// In a process of its own: loads the extension as VS Code does where there is Node.js, and tells how long that and its `activate` took.
const [, , bundle = ""] = process.argv;
const load = standInForVscode();
const before = process.cpuUsage();
const startedAt = performance.now();
load(bundle).activate(standIn("context"));
const { user, system } = process.cpuUsage(before);
const activation = { wallMs: performance.now() - startedAt, cpuMs: (user + system) / 1000 };
process.stdout.write(JSON.stringify(activation), () => process.exit());
