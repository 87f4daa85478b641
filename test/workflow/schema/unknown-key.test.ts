import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compileProject, createCompileCache, type CompileCache, type Diagnostic } from "@headwater/workflow";
import { treeOfTexts } from "../findings-fixture.js";

const FIXTURES = join(import.meta.dirname, "..", "..", "..", "fixtures");

describe("a misspelt key", () => {
  for (const project of ["language", "maestro"]) {
    const files = textsOf(join(FIXTURES, project));
    const cache = createCompileCache();
    const before = findingsOf(files, cache).map(identity);
    for (const [path, text] of Object.entries(files).filter(([name]) => name.endsWith(".yaml"))) {
      it(`gives one finding, whichever it is, in ${project}/${path}`, () => {
        const doubled = [...text.matchAll(/\b[a-z_]{4,}(?=:)/g)].flatMap(({ index, 0: key }) => {
          const misspelt = text.slice(0, index) + withoutItsThird(key) + text.slice(index + key.length);
          const found = findingsOf({ ...files, [path]: misspelt }, cache);
          // The keys that an author chooses are names, and a name that nobody knows is another matter.
          if (!found.some(({ code }) => code === "unknown-key")) return [];
          return found.length > before.length + 1 ? [`${key}: ${found.map(identity).join("\n")}`] : [];
        });
        assert.deepEqual(doubled, []);
      });
    }
  }
});

function withoutItsThird(key: string): string {
  return key.slice(0, 2) + key.slice(3);
}

function findingsOf(files: Readonly<Record<string, string>>, cache: CompileCache): readonly Diagnostic[] {
  return compileProject(treeOfTexts(files), cache).diagnostics;
}

function identity({ code, message }: Diagnostic): string {
  return `${code}: ${message}`;
}

function textsOf(folder: string): Readonly<Record<string, string>> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.\w+$/.test(name),
  );
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), "utf8")]));
}
