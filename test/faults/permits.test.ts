import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "mocha";
import { GIT_ENVIRONMENT } from "#test/git-environment.js";
import { until } from "#test/until.js";
import { startServiceProcess } from "./service-process.js";

const LIMIT = 3;

/** Counts who holds the permit at this moment, itself included: those of its kind whose process lives. */
const HOLD = `
mkdir -p "$HEADWATER_DATA/holders"
: > "$HEADWATER_DATA/holders/$$"
count=0
for file in "$HEADWATER_DATA"/holders/*; do
  if tr '\\0' ' ' 2> /dev/null < "/proc/\${file##*/}/cmdline" | grep -q hold.sh; then count=$((count + 1)); fi
done
echo $count >> "$HEADWATER_DATA/held"
sleep 0.1
rm "$HEADWATER_DATA/holders/$$"
`;

const FILES = {
  "headwater.yaml": "project: permits\n",
  "hold.sh": HOLD,
  "reads.workflow.yaml": workflow("reads", "ann"),
  "writes.workflow.yaml": workflow("writes", "bob"),
};

function workflow(name: string, owner: string): string {
  return `
workflow: ${name}
owner: ${owner}
steps:
  all:
    foreach: { n: "\${{ range(0, 15) }}" }
    steps: { call: { run: sh hold.sh, permits: [api], retry: { platform: 1000 } } }
`;
}

it("permits of two workflows are never held more often than their limit, also when the service is killed while they are", async function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "headwater-permits-"));
  const data = join(folder, "data");
  const held = (): readonly number[] => {
    const file = join(data, "data", "permits", "production", "held");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").map(Number) : [];
  };
  let service = await startServiceProcess(data);
  try {
    await service.client.addRepository({ body: { url: makeRepository(folder), name: "permits" } });
    await until("the first deployment", async () => {
      const { workflows } = await service.client.listWorkflows();
      return workflows.length === 2;
    });
    await service.client.setPermit({ params: { name: "api" }, body: { limit: LIMIT } });
    const ids: string[] = [];
    for (const name of ["reads", "writes"]) {
      const params = { project: "permits", workflow: name };
      ids.push((await service.client.startRun({ params, body: {} })).id);
    }
    for (const begun of [4, 10]) {
      await until(`${begun} attempts have begun`, () => held().length >= begun, 60_000);
      await service.kill();
      service = await startServiceProcess(data);
    }
    for (const id of ids) {
      await until(
        `${id} has succeeded`,
        async () => (await service.client.getRun({ params: { id } })).status === "succeeded",
        60_000,
      );
    }
    assert.ok(held().length >= 30);
    const most = Math.max(...held());
    assert.ok(most > 1 && most <= LIMIT, `${most} at once`);
    const { permits } = await service.client.listPermits();
    assert.deepEqual(
      permits.map(({ name, limit, source, held: now, waiting }) => [name, limit, source, now, waiting]),
      [["api", LIMIT, "set", 0, 0]],
    );
  } finally {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

function makeRepository(folder: string): string {
  const git = (...args: readonly string[]): void =>
    void execFileSync("git", ["-C", folder, ...args], { env: GIT_ENVIRONMENT, stdio: "pipe" });
  git("init", "-q", "-b", "main");
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
  git("add", ...Object.keys(FILES));
  git("commit", "-qm", "Permits");
  return folder;
}
