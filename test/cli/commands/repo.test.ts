import assert from "node:assert/strict";
import type { RepositoryRow } from "#server/store/store.js";
import { createHttpWorld, type HttpWorld } from "../../server/http/http-world.js";
import { activation, deployment } from "../../server/store/store-rows.js";
import { capturedMain } from "../captured-main.js";
import type { Ended } from "../headwater-process.js";

const HEAD = "Following flights, branch main\n";
const FINDING = {
  file: "daily.workflow.yaml",
  line: 3,
  column: 5,
  endLine: 3,
  endColumn: 9,
  severity: "error",
  code: "unknown-key",
  message: 'Unknown key "need"',
} as const;

describe("headwater repo add", () => {
  it("tells that the first commit is deployed", () =>
    withWorld(async ({ world, add }) => {
      await world.store.recordDeployment(
        deployment("dep_1", { repositoryId: "repo_flights", reason: "1 workflow: 1 added" }),
      );
      assert.deepEqual(await add(), {
        code: 0,
        stdout: `${HEAD}c0ffee is active: 1 workflow: 1 added\n`,
        stderr: "",
      });
    }));

  it("tells what the first commit was refused for, where, and what to do, and ends with 1", () =>
    withWorld(async ({ world, add }) => {
      const reason = "1 error in 1 file";
      await world.store.recordDeployment(
        deployment("dep_1", {
          repositoryId: "repo_flights",
          status: "refused",
          reason,
          diagnostics: [FINDING],
        }),
      );
      const { code, stdout } = await add();
      assert.equal(code, 1);
      assert.equal(
        stdout,
        `${HEAD}c0ffee is refused: 1 error in 1 file\n` +
          `  daily.workflow.yaml:3:5 error unknown-key: Unknown key "need"\n` +
          `Nothing of it runs. Mend it and commit: a new commit is deployed by itself, and headwater deployments tells what became of it\n`,
      );
      assert.match((await add(["--name", "again", "--format", "json"])).stdout, /"deployment": null/);
    }));

  it("waits for what becomes of the first commit", () =>
    withWorld(async ({ world, add }) => {
      const deploy = () =>
        world.store.recordDeployment(deployment("dep_1", { repositoryId: "repo_flights" }));
      assert.equal((await add([], deploy)).stdout, `${HEAD}c0ffee is active\n`);
    }));

  it("tells why there is no deployment at all, and ends with 1", () =>
    withWorld(async ({ world, add }) => {
      const fail = async (): Promise<void> => {
        const [row] = await world.store.listRepositories();
        await world.store.saveRepository({ ...(row as RepositoryRow), problem: "Cannot read it: no space" });
      };
      const { code, stdout } = await add([], fail);
      assert.equal(code, 1);
      assert.equal(
        stdout,
        `${HEAD}Nothing is deployed: Cannot read it: no space\n` +
          `It is tried again by itself, and at once with: headwater repo sync flights. To leave it: headwater repo remove flights\n`,
      );
    }));

  it("tells what else is followed because it is declared, and what is declared and not followed", () =>
    withWorld(async ({ world, add }) => {
      const deploy = async (): Promise<void> => {
        const [row] = await world.store.listRepositories();
        assert.ok(row);
        const declared = { by: row.id, environment: "staging", triggers: false, backfillsFrom: [] };
        const staging = {
          name: "flights@staging",
          branch: "develop",
          problem: 'There is no branch "develop" yet',
        };
        await world.store.saveRepository({ ...row, ...staging, id: `${row.id}.env_1`, declared });
        const { settings, ...activated } = activation(deployment("dep_1", { repositoryId: row.id }), {
          daily: {},
        });
        const of = (branch: string) => ({ branch, triggers: true, backfillsFrom: [] });
        const environments = { production: of("main"), staging: of("develop"), test: of("next") };
        await world.store.activateDeployment({ ...activated, settings: { ...settings, environments } });
      };
      const { code, stdout } = await add([], deploy);
      assert.equal(code, 0);
      assert.equal(
        stdout,
        `${HEAD}c0ffee is active\n` +
          "flights: test (branch next) is declared and not followed: headwater repo set flights --follow environments\n" +
          'Following flights@staging, branch develop, for staging. There is no branch "develop" yet\n',
      );
    }));

  it("refuses empty text, which is not the current folder", async () => {
    assert.deepEqual(await capturedMain(["repo", "add", ""]), {
      code: 2,
      stdout: "",
      stderr: 'error: Cannot follow "": give a URL or a folder\n',
    });
  });

  it("stops waiting after 20 seconds for a clone that goes on, which the list tells of", () =>
    withWorld(async ({ world, add, waited }) => {
      const { code, stdout } = await add();
      assert.equal(code, 0);
      assert.equal(
        stdout,
        `${HEAD}It is being cloned, which goes on by itself, also when the service is started anew. See what becomes of it: headwater repo list\n`,
      );
      assert.equal(waited(), 20_000);
      const list = await capturedMain(["repo", "list"], { env: { HEADWATER_URL: world.url } });
      assert.match(list.stdout, /^flights +main +– +being cloned +https:/m);
    }));

  it("waits for the end of a clone however long it takes, when it is told to", () =>
    withWorld(async ({ world, add, waited }) => {
      const deployLate = async (): Promise<void> => {
        if (waited() < 120_000) return;
        await world.store.recordDeployment(deployment("dep_1", { repositoryId: "repo_flights" }));
      };
      const { stdout } = await add(["--wait"], deployLate);
      assert.equal(stdout, `${HEAD}c0ffee is active\n`);
      assert.ok(waited() >= 120_000);
    }));

  it("stops waiting after 20 seconds for a commit that is not decided on, and says so", () =>
    withWorld(async ({ world, add, waited }) => {
      const see = async (): Promise<void> => {
        const [row] = await world.store.listRepositories();
        await world.store.saveRepository({ ...(row as RepositoryRow), headCommit: "c0ffee", checkedAt: 1 });
      };
      const { code, stdout } = await add([], see);
      assert.equal(code, 0);
      assert.equal(
        stdout,
        `${HEAD}Its first commit is not deployed yet. See what becomes of it: headwater deployments\n`,
      );
      assert.equal(waited(), 20_000);
    }));
});

interface RepoWorld {
  readonly world: HttpWorld;
  /** Adds a repository; `meanwhile` happens whenever the command pauses, which takes no time but its own clock's. */
  readonly add: (options?: readonly string[], meanwhile?: () => Promise<void>) => Promise<Ended>;
  readonly waited: () => number;
}

async function withWorld(test: (world: RepoWorld) => Promise<void>): Promise<void> {
  const world = await createHttpWorld();
  let waitedMs = 0;
  const add: RepoWorld["add"] = (options = [], meanwhile = async () => undefined) =>
    capturedMain(["repo", "add", "https://example.com/flights", ...options], {
      env: { HEADWATER_URL: world.url },
      now: () => waitedMs,
      pause: async (delayMs) => {
        waitedMs += delayMs;
        await meanwhile();
      },
    });
  try {
    await test({ world, add, waited: () => waitedMs });
  } finally {
    await world.stop();
  }
}
