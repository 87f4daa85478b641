import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPlugins } from "#server/steps/plugins/find-plugins.js";

describe("findPlugins()", () => {
  const folder = mkdtempSync(join(tmpdir(), "headwater-plugins-"));
  after(() => rmSync(folder, { recursive: true }));
  const installed = join(folder, "node_modules/@acme/headwater-dbt");
  mkdirSync(installed, { recursive: true });
  writeFileSync(
    join(installed, "package.json"),
    '{ "name": "@acme/headwater-dbt", "exports": "./plugin.mjs" }',
  );
  writeFileSync(join(installed, "plugin.mjs"), "throw new Error('was loaded');");
  writeFileSync(join(folder, "own.mjs"), "throw new Error('was loaded');");

  it("finds files and installed packages, and loads none", () => {
    assert.deepEqual(findPlugins(["own=./own.mjs", "dbt = @acme/headwater-dbt"], folder), {
      modules: { own: { path: join(folder, "own.mjs") }, dbt: { path: join(installed, "plugin.mjs") } },
      problems: [],
    });
  });

  it("finds a package by its name that only an import leads to", () => {
    const modern = join(folder, "node_modules/modern");
    mkdirSync(modern, { recursive: true });
    const exports = { ".": { import: "./index.js" }, "./other": { import: "./other.js" } };
    writeFileSync(join(modern, "package.json"), JSON.stringify({ name: "modern", type: "module", exports }));
    assert.deepEqual(findPlugins(["one=modern", "two=modern/other"], folder), {
      modules: { one: { specifier: "modern", folder }, two: { specifier: "modern/other", folder } },
      problems: [],
    });
  });

  it("says of each entry what is wrong with it", () => {
    const entries = ["own", "1=./own.mjs", "a=./nowhere.mjs", "b=nowhere", "c=fs", "d=node:child_process"];
    const { problems } = findPlugins(entries, folder);
    assert.deepEqual(problems, [
      'HEADWATER_PLUGINS must be like "name=./module.mjs,other=package", has "own"',
      'HEADWATER_PLUGINS must be like "name=./module.mjs,other=package", has "1=./own.mjs"',
      `HEADWATER_PLUGINS names "./nowhere.mjs", which is neither a file nor a package in "${folder}"`,
      ...["nowhere", "fs", "node:child_process"].map(
        (name) => `HEADWATER_PLUGINS names "${name}", which is neither a file nor a package in "${folder}"`,
      ),
    ]);
  });
});
