import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { resolveConfig } from "#server/config.js";
import { startService, type Service } from "#server/main.js";
import { ScratchRepository } from "#test/server/source/scratch-repository.js";
import { until } from "#test/until.js";
import { capturedMain } from "../captured-main.js";

const settings = (...patterns: readonly string[]): string =>
  `project: sales\nenvironments: { production: { branch: main, backfills_from: [${patterns.join(", ")}] } }\n`;

const workflow = (said: string): string => `
workflow: daily
triggers: [{ schedule: "0 6 * * *" }]
steps:
  told: { run: 'echo "says=${said}" >> "$HEADWATER_OUTPUT"', outputs: { says: string } }
  deeper: { workflow: deep, needs: [told] }
`;
const deep = (said: string): string => `
workflow: deep
steps:
  told: { run: 'echo "says=${said}" >> "$HEADWATER_OUTPUT"', outputs: { says: string } }
`;
const files = (said: string, allowed: readonly string[]) => ({
  "headwater.yaml": settings(...allowed),
  "daily.workflow.yaml": workflow(said),
  "deep.workflow.yaml": deep(said),
});

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const DAYS = ["sales/daily", "--from", "2026-03-28", "--to", "2026-03-29"] as const;

interface ListedRun {
  readonly id: string;
  readonly workflow: string;
  readonly status: string;
  readonly commit: string;
}

describe("headwater backfill --as BRANCH", () => {
  let folder = "";
  let service: Service | null = null;
  let repository: ScratchRepository;
  const main = (...args: readonly string[]) =>
    capturedMain(args, { env: { HEADWATER_URL: service?.url ?? "" }, cwd: folder, user: "ann" });
  const run = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await main(...args);
    assert.deepEqual([code, stderr], [0, ""], stdout);
    return stdout;
  };
  const refused = async (...args: readonly string[]): Promise<string> => (await main(...args)).stderr;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "headwater-backfill-branch-"));
    repository = await ScratchRepository.create(join(folder, "sales"));
    await repository.commit(files("main", ["fixes/*"]));
    const options = { dataFolder: join(folder, "data"), port: 0 };
    const config = resolveConfig(options, { PATH: process.env["PATH"] }, folder);
    service = await startService({ config, log });
    await run("repo", "add", repository.folder);
  });

  after(async () => {
    await service?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("runs what the head of the branch had when it began, with the workflows that it runs, and deploys nothing", async () => {
    const commit = await repository.commit(files("fixed", []), { branch: "fixes/rates" });
    const dry = await run("backfill", ...DAYS, "--as", "fixes/rates", "--dry-run");
    assert.match(dry, /\n2 runs would be made/);
    assert.equal((await versionsOf("daily")).length, 1);
    const id = await begin("--as", "fixes/rates");
    // Neither what is pushed to the branch later counts for it, nor that the branch is gone.
    await repository.commit(files("later", []), { branch: "fixes/rates" });
    await repository.git("update-ref", "-d", "refs/heads/fixes/rates");
    const shown = await untilFinished(id, 2);
    assert.match(shown, new RegExp(`\nthe workflow as branch fixes/rates had it, at commit ${commit}\n`));
    const runs = await listRuns("--backfill", id);
    assert.deepEqual(
      runs.map((one) => [one.commit, one.status]),
      [
        [commit, "succeeded"],
        [commit, "succeeded"],
      ],
    );
    assert.match(await run("show", runs[0]?.id ?? ""), /told .*succeeded[^]*deeper .*succeeded/);
    const [child] = await listRuns("--workflow", "sales/deep");
    assert.match(await run("show", child?.id ?? "", "--format", "json"), /"says": ?"fixed"/);
    assert.equal(child?.commit, commit);
    assert.match(await run("run", "sales/daily", "--wait", "--format", "json"), /"says": ?"main"/);
  });

  it("is the version that a merge brings", async () => {
    const numbers = await versionsOf("daily");
    assert.deepEqual(numbers, [2, 1]);
    await repository.commit(files("fixed", ["fixes/*"]));
    await run("repo", "sync", "sales");
    assert.deepEqual(await versionsOf("daily"), [2, 1]);
    assert.match(await run("run", "sales/daily", "--wait", "--format", "json"), /"says": ?"fixed"/);
  });

  it("is refused where the environment has not said so, whatever the branch says, and where it could not be deployed", async () => {
    await repository.commit(files("own", ["mine"]), { branch: "mine" });
    assert.match(
      await refused("backfill", ...DAYS, "--as", "mine"),
      /from branch "mine": the project does not allow it in production. If it is meant, add "backfills_from: \[mine\]" to "production"/,
    );
    await repository.commit(
      { ...files("x", []), "daily.workflow.yaml": "workflow: daily\nsteps: { a: { nop: 1 } }\n" },
      { branch: "fixes/broken" },
    );
    assert.match(
      await refused("backfill", ...DAYS, "--as", "fixes/broken"),
      /it could not be deployed. "daily.workflow.yaml": /,
    );
    await repository.commit(
      { ...files("x", []), "headwater.yaml": "project: other\n" },
      { branch: "fixes/other" },
    );
    assert.match(await refused("backfill", ...DAYS, "--as", "fixes/other"), /there the project is "other"/);
    await repository.commit(
      { "headwater.yaml": settings(), "deep.workflow.yaml": deep("x") },
      { branch: "fixes/gone" },
    );
    assert.match(await refused("backfill", ...DAYS, "--as", "fixes/gone"), /it has no such workflow/);
    assert.match(
      await refused("backfill", ...DAYS, "--as", "fixes/brokn"),
      /there is no such branch. There is "fixes\/broken"/,
    );
    assert.match(
      await refused("backfill", ...DAYS, "--as", "fixes/--upload-pack=x y"),
      /Git allows no such name/,
    );
    assert.match(await refused("backfill", ...DAYS, "--as", "abcdef0"), /that commit was never deployed/);
  });

  async function begin(...args: readonly string[]): Promise<string> {
    return /bf_\w+/.exec(await run("backfill", ...DAYS, ...args))?.[0] ?? "";
  }

  function untilFinished(id: string, runs: number): Promise<string> {
    return until(`backfill ${id} has finished`, async () => {
      const text = await run("backfill", "show", id);
      return text.includes(` finished\n${runs} of ${runs} succeeded\n`) ? text : null;
    });
  }

  async function listRuns(...args: readonly string[]): Promise<readonly ListedRun[]> {
    const { runs } = JSON.parse(await run("runs", ...args, "--format", "json")) as {
      readonly runs: readonly ListedRun[];
    };
    return runs;
  }

  async function versionsOf(id: string): Promise<readonly number[]> {
    const { versions } = JSON.parse(await run("versions", `sales/${id}`, "--format", "json")) as {
      readonly versions: readonly { readonly number: number }[];
    };
    return versions.map(({ number }) => number);
  }
});
