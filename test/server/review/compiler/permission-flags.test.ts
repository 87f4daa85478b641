import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, describe, it } from "mocha";
import { permissionFlags, warnOfRights } from "#server/review/compiler/permission-flags.js";
import { findProgram, unbundledProgram, type Program } from "#server/review/compiler/program.js";

const REFUSED = "ERR_ACCESS_DENIED";

describe("the flags of the process that compiles what strangers propose", () => {
  const folder = mkdtempSync(join(tmpdir(), "headwater-data-"));
  after(() => rmSync(folder, { recursive: true }));
  const secret = join(folder, "github-app.json");
  writeFileSync(secret, "{}");
  const source = join(process.cwd(), "server", "config.ts");

  /** What becomes of each thing that is tried with the flags of a program. */
  function told({ file, readable }: Program): unknown {
    const dependency = realpathSync(fileURLToPath(import.meta.resolve("yaml")));
    const tried = {
      program: `fs.readFileSync(${JSON.stringify(file)})`,
      dependency: `fs.readFileSync(${JSON.stringify(dependency)})`,
      secret: `fs.readFileSync(${JSON.stringify(secret)})`,
      folder: `fs.readdirSync(${JSON.stringify(folder)})`,
      environment: `fs.readFileSync("/proc/${process.pid}/environ")`,
      source: `fs.readFileSync(${JSON.stringify(source)})`,
      write: `fs.writeFileSync(${JSON.stringify(join(dirname(file), "written"))}, "")`,
      start: 'require("node:child_process").execFileSync("/bin/true")',
    };
    const probe = Object.entries(tried).map(
      ([name, code]) =>
        `try { ${code}; told.${name} = "done" } catch ({ code }) { told.${name} = code ?? "failed" }`,
    );
    const script = `const told = {}; ${probe.join(";")}; console.log(JSON.stringify(told))`;
    const args = [...permissionFlags(readable), "--eval", script];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
  }

  const refused = {
    secret: REFUSED,
    folder: REFUSED,
    environment: REFUSED,
    source: REFUSED,
    write: REFUSED,
    start: REFUSED,
  };

  it("let it read the one file that it is made of, write none and start nothing", () => {
    const program = findProgram();
    assert.deepEqual(program.readable, [program.file], "npm run build makes it");
    assert.deepEqual(told(program), { program: "done", dependency: REFUSED, ...refused });
  });

  it("let it read the packages that it imports where they are files of their own", () => {
    assert.deepEqual(told(unbundledProgram()), { program: "done", dependency: "done", ...refused });
  });

  it("are none where Node.js has none, which is told then, and only then", () => {
    const told: string[] = [];
    const log = { warn: (message: string) => void told.push(message) };
    warnOfRights(log);
    assert.deepEqual(told, []);
    warnOfRights(log, new Set(["--no-warnings"]));
    assert.match(
      told.join("\n"),
      /^Compiles pull requests, also of strangers, with all rights of the service: [^\n]*$/,
    );
  });
});
