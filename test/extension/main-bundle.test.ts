import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { bundleExtension } from "./workspace.js";

const OUT = join(import.meta.dirname, "../../../extension/out");
const MAIN = join(OUT, "node.js");

describe("the extension where there is Node.js", () => {
  before(bundleExtension);

  it("is active with one file, and loads the client of the language server after that", () => {
    const script = join(import.meta.dirname, "activated-main.js");
    const written = execFileSync(process.execPath, [script, MAIN], { encoding: "utf8", timeout: 60_000 });
    const [atOnce = "", later = ""] = written.split("\n\n");
    assert.deepEqual(new Set(atOnce.split("\n")), new Set(["vscode", MAIN]));
    assert.equal(later.trimEnd().split("\n").at(-1), "./process-client.js");
  });

  it("finds every file that it loads later", () => {
    const later = [...readFileSync(MAIN, "utf8").matchAll(/require\("(\.\/[^"]+)"\)/g)];
    assert.deepEqual(later.map(([, file = ""]) => file).sort(), [
      "./process-client.js",
      "./service-client.js",
    ]);
    for (const [, file = ""] of later) assert.ok(existsSync(join(OUT, file)), file);
  });
});
