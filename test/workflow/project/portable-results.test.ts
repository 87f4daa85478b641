import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import {
  compileProject,
  createCompileCache,
  portableOf,
  restoreResult,
  type CompileCache,
} from "@headwater/workflow";
import { compileFixture, parseFixture, treeOfTexts } from "../findings-fixture.js";

const FIXTURES = new URL("../../../fixtures/findings/", import.meta.url);

/** What another process has of it, as it is written down and read, and the kinds of what that makes all the same. */
function takenOver(cache: CompileCache): { readonly other: CompileCache; readonly made: Set<string> } {
  const made = new Set<string>();
  const other = createCompileCache({ onMade: ({ key }) => made.add(key.what) });
  for (const result of cache.results()) {
    const portable = portableOf(result);
    if (portable === null) continue;
    const { value: _value, ...rest } = result.made;
    const facts: unknown = JSON.parse(JSON.stringify(portable.facts));
    const details = serialize(portable.details);
    restoreResult(other, { key: result.key, facts, made: rest }, () => deserialize(details));
  }
  return { other, made };
}

describe("results that another process takes over", () => {
  for (const name of readdirSync(FIXTURES)) {
    it(`say the same of ${name}, and nothing of them is made again`, () => {
      const files = parseFixture(readFileSync(new URL(name, FIXTURES), "utf8"));
      const cache = createCompileCache();
      const compiled = compileFixture(files, cache);
      const { other, made } = takenOver(cache);
      assert.deepEqual(compileFixture(files, other), compiled);
      for (const kind of ["workflow", "workflow-id", "gaps"]) assert.ok(!made.has(kind), kind);
    });
  }

  it("are in the same order, of each file the latest last", () => {
    const cache = createCompileCache();
    for (const said of ["one", "two", "three"])
      compileProject(
        treeOfTexts({
          "headwater.yaml": "project: growth\n",
          "a.workflow.yaml": `workflow: a\nsteps: { say: { run: echo ${said} } }\n`,
        }),
        cache,
      );
    const orderOf = (one: CompileCache): unknown =>
      [...one.results()]
        .filter((result) => portableOf(result) !== null)
        .map(({ key, made }) => [key, made.reads]);
    assert.deepEqual(orderOf(takenOver(cache).other), orderOf(cache));
  });
});
