import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { before, describe, it } from "mocha";
import { truncatedProjects } from "./truncated-files.js";

const PROCESS = join(import.meta.dirname, "truncated-files-process.js");

describe("compileProject() never throws, and places every finding in its file, wherever a file is cut off", function () {
  this.timeout(1_200_000);
  const projects = truncatedProjects();
  let problems: Readonly<Record<string, string | null>> = {};

  // Of all at once, by as many processes as there are cores: it is a minute's work.
  before(async () => {
    const shares = shareOut(projects, Math.min(4, availableParallelism()));
    const parts = await Promise.all(
      shares.map((names) => promisify(execFile)(process.execPath, [PROCESS, ...names])),
    );
    problems = Object.assign(
      {},
      ...parts.map(({ stdout }) => JSON.parse(stdout) as typeof problems),
    ) as typeof problems;
  });

  for (const name of projects.keys()) it(`of ${name}`, () => assert.equal(problems[name], null));
});

/** Names of projects, the largest first, each to the share that has least: a file costs the square of its length. */
function shareOut(
  projects: ReturnType<typeof truncatedProjects>,
  count: number,
): readonly (readonly string[])[] {
  const shares = Array.from({ length: count }, () => ({ cost: 0, names: [] as string[] }));
  const costs = [...projects].map(([name, files]) => ({ name, cost: costOf([...files.values()]) }));
  for (const { name, cost } of costs.sort((a, b) => b.cost - a.cost)) {
    const least = shares.reduce((low, share) => (share.cost < low.cost ? share : low));
    least.cost += cost;
    least.names.push(name);
  }
  return shares.map(({ names }) => names);
}

function costOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length ** 2, 0);
}
