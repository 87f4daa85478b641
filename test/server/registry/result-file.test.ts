import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  createCompileCache,
  createCompileTools,
  portableOf,
  type CompileCache,
  type PortableResult,
} from "@headwater/workflow";
import { afterEach, beforeEach, describe, it } from "mocha";
import { RepositoryCache } from "#server/registry/repository-cache.js";
import { packBlocks, ResultFile } from "#server/registry/result-file.js";
import { takeTurns } from "#server/registry/take-turns.js";
import { ManualClock } from "../manual-clock.js";
import { scratchFolder } from "../source/scratch-repository.js";

const MADE = { reads: [], readsMore: false, bytes: 10 };
const MEGABYTE = 1024 * 1024;

/** A result of a workflow file whose fields nobody can guess. */
function workflowOf(path: string): PortableResult {
  const fields = randomBytes(100).toString("hex");
  return {
    key: { what: "workflow", of: path },
    made: { ...MADE, value: null },
    facts: { workflow: null },
    details: { fields },
  };
}

/** A large one of plain facts. */
function gapsOf(path: string): PortableResult {
  const facts = randomBytes(100_000).toString("base64");
  return { key: { what: "gaps", of: path }, made: { ...MADE, value: facts }, facts };
}

describe("a file of what was compiled", () => {
  const clock = new ManualClock(0);
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  let path: string;

  beforeEach(async () => {
    scratch = await scratchFolder();
    path = join(scratch.folder, "compiled", "repo");
  });
  afterEach(() => scratch.remove());

  async function restored(content: Buffer): Promise<CompileCache> {
    const cache = createCompileCache();
    await takeTurns(new ResultFile(path, "a build").restore(content, cache), clock);
    return cache;
  }

  it("is not needed any more once it was read, though details are unpacked when somebody asks", async () => {
    const results = Array.from({ length: 700 }, (_, file) => workflowOf(`w${file}`));
    await new ResultFile(path, "a build").append(packBlocks(results.values(), clock));
    const content = readFileSync(path);
    const cache = await restored(content);
    content.fill(0);
    assert.deepEqual(
      [...cache.results()].map((result) => portableOf(result)?.details),
      results.map(({ details }) => details),
    );
  });

  it("takes no more results than a block has before that is written", async () => {
    let taken = 0;
    function* taking(): Generator<PortableResult, void> {
      for (; taken < 700; taken += 1) yield workflowOf(`w${taken}`);
    }
    const lengths: number[] = [];
    for await (const { lines } of packBlocks(taking(), clock)) {
      lengths.push(lines.length);
      assert.ok(taken <= lengths.length * 300);
    }
    assert.deepEqual([lengths, taken], [[300, 300, 100], 700]);
  });

  it("is written anew without what nobody remembers, also where that is of before the start", async () => {
    const editions = Array.from({ length: 80 }, () => gapsOf("w"));
    await new ResultFile(path, "a build").append(packBlocks(editions.values(), clock));
    assert.ok(statSync(path).size > 5 * MEGABYTE);
    const cache = new RepositoryCache({
      openFile: async () => new ResultFile(path, "a build"),
      sourceBytesMax: MEGABYTE,
      tools: createCompileTools(),
      clock,
      log: { info: () => undefined, warn: assert.fail, error: assert.fail },
    });
    const tree = { paths: [], contentId: () => undefined, read: () => undefined };
    const made = await cache.use(async (opening) =>
      (await opening).reuse({ what: "gaps", of: "other" }, tree, () => "made"),
    );
    await cache.end();
    assert.ok(statSync(path).size < MEGABYTE);
    const values = [...(await restored(readFileSync(path))).results()].map((result) => result.made.value);
    assert.deepEqual(values, [...editions.slice(-4).map(({ facts }) => facts), made]);
  });
});
