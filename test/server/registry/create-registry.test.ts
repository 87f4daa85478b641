import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { createChangeFeed, type Change } from "#server/changes/change-feed.js";
import { systemIds } from "#server/ids.js";
import { createRegistry } from "#server/registry/create-registry.js";
import type { Registry } from "#server/registry/registry.js";
import { StoreError } from "#server/store/store-error.js";
import type { DeploymentRow } from "#server/store/store.js";
import { advance, newRun, SUCCEEDED } from "../store/store-rows.js";
import { createSourceWorld, type SourceWorld } from "../source/source-world.js";

const PROJECT = "project: growth\n";
const noop = (id: string): string => `workflow: ${id}\nsteps:\n  one:\n    noop: {}\n`;
const scheduled = (id: string, ...crons: readonly string[]): string =>
  `${noop(id)}triggers:\n${crons.map((cron) => `  - schedule: "${cron}"\n    jitter: 10m\n`).join("")}`;
const key = (workflow: string, environment = "production") => ({ project: "growth", environment, workflow });

describe("a registry", () => {
  let world: SourceWorld;
  let registry: Registry;
  let deployments: DeploymentRow[];
  let changes: Change[];
  let activations: number;
  /** The ids that each activation wrote. */
  let written: string[][];
  let isDiskBroken: boolean;
  /** Names what activates. */
  let build: string | null;

  beforeEach(async () => {
    deployments = [];
    changes = [];
    activations = 0;
    written = [];
    isDiskBroken = false;
    build = "a build";
    world = await createSourceWorld({
      onCommit: async (commit) => void deployments.push(await registry.deploy(commit)),
    });
    registry = begin();
  });
  afterEach(() => world.end());

  /** One that remembers nothing, as after a start of the service. */
  function begin(): Registry {
    const feed = createChangeFeed({ boot: "test", remembered: 10 });
    feed.subscribe(null, (published) => published && changes.push(published.change));
    return createRegistry({
      store: {
        ...world.store,
        activateDeployment: async (activation) => {
          if (isDiskBroken) throw new StoreError("store-stopped", "Cannot write");
          written.push(activation.workflows.map(({ workflow }) => workflow));
          await world.store.activateDeployment(activation);
        },
      },
      source: {
        readTree: (id, commit) => world.source.readTree(id, commit),
        describeCommit: (id, commit) => world.source.describeCommit(id, commit),
        readRewritten: (id, heads) => world.source.readRewritten(id, heads),
        findCommit: (id, beginning) => world.source.findCommit(id, beginning),
        keepCommit: (id, commit) => world.source.keepCommit(id, commit),
        fetchBranch: (id, branch) => world.source.fetchBranch(id, branch),
        checkSignature: (id, commit) => world.source.checkSignature(id, commit),
        checkDeclared: (id) => world.source.checkDeclared(id),
      },
      dataFolder: world.dataFolder,
      readBuild: async () => build,
      clock: world.clock,
      ids: systemIds,
      feed,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      onActivated: () => (activations += 1),
    });
  }

  /** Pushes exactly these files and waits for what is made of them. */
  async function push(files: Readonly<Record<string, string | Buffer>>): Promise<DeploymentRow> {
    await world.origin.commit(files);
    if (deployments.length === 0)
      await world.source.addRepository({ url: world.origin.folder, follows: "branch" });
    else await world.source.syncRepository("flows");
    return deployments.at(-1)!;
  }

  it("gives what the compiler reads at the head of the branch, also where that is refused, and the names of the rest", async () => {
    await push({ "headwater.yaml": PROJECT, "a.workflow.yaml": noop("a"), "logo.png": "x" });
    const { commit, status } = await push({
      "headwater.yaml": PROJECT,
      "a.workflow.yaml": "workflow: a\nstesp: {}\n",
      "logo.png": "x",
    });
    assert.equal(status, "refused");
    assert.deepEqual(await registry.readSources({ project: "growth", environment: "production" }), {
      branch: "main",
      commit,
      paths: ["a.workflow.yaml", "headwater.yaml", "logo.png"],
      files: [
        { path: "a.workflow.yaml", text: "workflow: a\nstesp: {}\n" },
        { path: "headwater.yaml", text: PROJECT },
      ],
    });
    await assert.rejects(registry.readSources({ project: "growth", environment: "staging" }), {
      message: 'Cannot read "growth": nothing is deployed in staging',
    });
  });

  /** A second life of the service, until it has told what it makes of the head that was seen last. */
  async function restart(): Promise<DeploymentRow> {
    const told = deployments.length;
    await world.restart();
    await world.until(() => deployments.length > told);
    return deployments[told]!;
  }

  const live = async (): Promise<readonly string[]> =>
    (await world.store.listWorkflows({ project: "growth" }))
      .map((row) => `${row.workflow} ${row.versionNumber}`)
      .sort();

  it("activates all workflows of a commit and says who made it", async () => {
    const commit = await world.origin.commit(
      { "headwater.yaml": PROJECT, "a.workflow.yaml": noop("a"), "deep/b.workflow.yaml": noop("b") },
      { message: "Begin" },
    );
    await world.source.addRepository({ url: world.origin.folder });
    const [deployment] = deployments;
    assert.equal(deployment?.status, "active");
    assert.equal(deployment.reason, "2 workflows: 2 added");
    assert.deepEqual(
      [deployment.commit, deployment.commitAuthor, deployment.commitSubject],
      [commit, "Ada", "Begin"],
    );
    assert.deepEqual(await live(), ["a 1", "b 1"]);
    assert.equal((await world.store.findWorkflow(key("b")))?.path, "deep/b.workflow.yaml");
    assert.deepEqual(
      changes.map((change) => change.kind === "deployment" && change.status),
      ["active"],
    );
    assert.equal(activations, 1);
  });

  it("gives a changed workflow a version, and the others only the new commit", async () => {
    const files = { "headwater.yaml": PROJECT, "a.workflow.yaml": noop("a"), "b.workflow.yaml": noop("b") };
    await push(files);
    const before = await world.store.findWorkflow(key("a"));
    const { commit, reason } = await push({
      ...files,
      "a.workflow.yaml": `# reformatted\n${noop("a").replace("noop: {}", "{ noop: { } }")}`,
      "b.workflow.yaml": noop("b").replace("one", "two"),
      "c.workflow.yaml": noop("c"),
    });
    assert.equal(reason, "3 workflows: 1 added, 1 changed, 1 unchanged");
    assert.deepEqual(await live(), ["a 1", "b 2", "c 1"]);
    const after = await world.store.findWorkflow(key("a"));
    assert.deepEqual([after?.versionId, after?.commit], [before?.versionId, commit]);
  });

  it("writes only the workflows that a push touches, also after a start, and all of them by the first push of another build", async () => {
    const files = {
      "headwater.yaml": PROJECT,
      "a.workflow.yaml": noop("a"),
      "b.workflow.yaml": noop("b"),
      "c.workflow.yaml": noop("c"),
    };
    await push(files);
    await push({ ...files, "README.md": "Nothing of ours" });
    const { "c.workflow.yaml": moved, ...others } = files;
    const changed = {
      ...others,
      "a.workflow.yaml": noop("a").replace("one", "two"),
      "b.workflow.yaml": `${noop("b")}owner: ada\n`,
      "deep/c.workflow.yaml": moved,
    };
    await push(changed);
    registry = begin();
    await push({ ...changed, "a.workflow.yaml": noop("a").replace("one", "three") });
    build = "another build";
    registry = begin();
    const { commit } = await push({ ...changed, "a.workflow.yaml": noop("a") });
    assert.deepEqual(written, [["a", "b", "c"], [], ["a", "b", "c"], ["a"], ["a", "b", "c"]]);
    await push({ ...changed, "a.workflow.yaml": noop("a"), "deep/d.workflow.yaml": noop("d") });
    assert.deepEqual(written.at(-1), ["d"]);
    assert.deepEqual(await live(), ["a 1", "b 1", "c 1", "d 1"]);
    const c = await world.store.findWorkflow(key("c"));
    assert.deepEqual([c?.path, c?.commit === commit], ["deep/c.workflow.yaml", false]);
    assert.equal(c?.commit, deployments.at(-1)?.commit);
  });

  it("writes all of them by the first push after each start where nobody knows the build", async () => {
    build = null;
    const files = { "headwater.yaml": PROJECT, "a.workflow.yaml": noop("a"), "b.workflow.yaml": noop("b") };
    await push(files);
    registry = begin();
    await push({ ...files, "c.workflow.yaml": noop("c") });
    await push({ ...files, "c.workflow.yaml": noop("c").replace("one", "two") });
    assert.deepEqual(written, [["a", "b"], ["a", "b", "c"], ["c"]]);
  });

  it("writes again what the store could not take", async () => {
    const files = { "headwater.yaml": PROJECT, "a.workflow.yaml": noop("a"), "b.workflow.yaml": noop("b") };
    await push(files);
    isDiskBroken = true;
    await assert.rejects(push({ ...files, "a.workflow.yaml": noop("a").replace("one", "two") }), {
      code: "store-stopped",
    });
    isDiskBroken = false;
    await push({ ...files, "a.workflow.yaml": noop("a").replace("one", "three") });
    assert.deepEqual(await live(), ["a 2", "b 1"]);
  });

  it("switches the triggers of all workflows when their environment does, whatever else changed", async () => {
    const files = {
      "a.workflow.yaml": scheduled("a", "@daily"),
      "b.workflow.yaml": scheduled("b", "@daily"),
    };
    const settings = (triggers: string): string =>
      `${PROJECT}environments: { production: { branch: main, triggers: ${triggers} } }\n`;
    const fires = async (): Promise<readonly number[]> =>
      Promise.all(["a", "b"].map(async (id) => (await world.store.listSchedules(key(id))).length));
    await push({ "headwater.yaml": settings("on"), ...files });
    assert.deepEqual(await fires(), [1, 1]);
    const off = await push({ "headwater.yaml": settings("off"), ...files });
    assert.deepEqual([off.reason, await fires()], ["2 workflows: 2 unchanged", [0, 0]]);
    await push({ "headwater.yaml": settings("on"), ...files });
    assert.deepEqual(await fires(), [1, 1]);
  });

  it("says of how many workflows only the operational properties are others", async () => {
    const files = { "headwater.yaml": PROJECT, "a.workflow.yaml": noop("a"), "b.workflow.yaml": noop("b") };
    await push(files);
    const { reason } = await push({ ...files, "a.workflow.yaml": `${noop("a")}description: Every day\n` });
    assert.equal(reason, "2 workflows: 1 with other properties, 1 unchanged");
    assert.deepEqual(await live(), ["a 1", "b 1"]);
  });

  it("gives the versions of old back when history is taken back", async () => {
    const files = { "headwater.yaml": PROJECT, "a.workflow.yaml": noop("a") };
    const first = await push(files);
    await push({ ...files, "a.workflow.yaml": noop("a").replace("one", "two") });
    assert.deepEqual(await live(), ["a 2"]);
    await world.origin.git("update-ref", "refs/heads/main", first.commit);
    await world.source.syncRepository("flows");
    assert.equal(deployments.at(-1)?.reason, "1 workflow: 1 changed");
    assert.deepEqual(await live(), ["a 1"]);
  });

  it("warns of a schedule that leaves less time than the workflow's runs usually take", async () => {
    const files = (cron: string) => ({
      "headwater.yaml": PROJECT,
      "a.workflow.yaml": scheduled("a", cron).replaceAll("    jitter: 10m\n", ""),
    });
    await push(files("0 * * * *"));
    for (const id of ["one", "two", "three"]) {
      await world.store.createRuns([newRun(id, key("a"))]);
      const run = { ...SUCCEEDED, startedAt: 0, endedAt: 20 * 60_000 };
      await world.store.advanceRun(advance(id, 1, { run }));
    }
    const findings = async (cron: string) => {
      const { status, diagnostics } = await push(files(cron));
      return [status, ...diagnostics.map(({ line, code, message }) => `${line} ${code}: ${message}`)];
    };
    assert.deepEqual(await findings("30 * * * *"), ["active"]);
    assert.deepEqual(await findings("*/15 * * * *"), [
      "active",
      "6 schedule-too-frequent: This fires every 15m on average, and a run usually takes 20m: runs cannot keep up",
    ]);
  });

  it("refuses a broken commit, tells where, and keeps the last good", async () => {
    const good = await push({ "headwater.yaml": PROJECT, "a.workflow.yaml": noop("a") });
    const broken = await push({
      "headwater.yaml": PROJECT,
      "a.workflow.yaml": noop("a").replace("one", "two"),
      "b.workflow.yaml": noop("b").replace("noop:", "nop:"),
    });
    assert.equal(broken.status, "refused");
    assert.match(broken.reason ?? "", /^\d errors? in 1 file: b\.workflow\.yaml:\d+:\d+ ./);
    const error = broken.diagnostics.find(({ severity }) => severity === "error");
    assert.deepEqual([error?.file, (error?.line ?? 0) >= 3], ["b.workflow.yaml", true]);
    assert.deepEqual(await live(), ["a 1"]);
    assert.equal((await world.store.findWorkflow(key("a")))?.commit, good.commit);
    assert.equal((await world.row()).problem, null);
    assert.equal((await push({ "headwater.yaml": PROJECT, "a.workflow.yaml": noop("a") })).status, "active");
  });

  const refused: readonly (readonly [
    what: string,
    files: Record<string, string | Buffer>,
    reason: RegExp,
  ])[] = [
    ["no project", { "a.workflow.yaml": noop("a") }, /headwater\.yaml/],
    [
      "no workflow",
      { "headwater.yaml": PROJECT, "README.md": "" },
      /no workflow: add a file that ends in "\.workflow\.yaml"/,
    ],
    [
      "only a workflow whose name is nearly right",
      { "headwater.yaml": PROJECT, "a.workflow.yml": noop("a") },
      /no workflow/,
    ],
    ["nothing of ours", { "README.md": "" }, /headwater\.yaml/],
    [
      "bytes that are not UTF-8",
      { "headwater.yaml": PROJECT, "a.workflow.yaml": Buffer.from([0x77, 0xff, 0xfe]) },
      /a\.workflow\.yaml:1/,
    ],
    [
      "one workflow id in two files",
      { "headwater.yaml": PROJECT, "a.workflow.yaml": noop("a"), "b.workflow.yaml": noop("a") },
      /\.workflow\.yaml:1:\d+ .*"a"/,
    ],
    [
      "a file that is too large",
      { "headwater.yaml": PROJECT, "a.workflow.yaml": `${noop("a")}#${"x".repeat(300_000)}` },
      /a\.workflow\.yaml/,
    ],
  ];
  for (const [what, files, reason] of refused) {
    it(`refuses a repository with ${what}`, async () => {
      const deployment = await push(files);
      assert.deepEqual([deployment.status, (await live()).length], ["refused", 0]);
      assert.match(deployment.reason ?? "", reason);
    });
  }

  it("deploys the rest and warns of a file whose name is nearly right", async () => {
    const files = { "headwater.yaml": PROJECT, "a.workflow.yaml": noop("a"), "b.workflow.yml": noop("b") };
    const { status, diagnostics } = await push(files);
    assert.equal(status, "active");
    assert.deepEqual(
      diagnostics.map(({ file, line, column, severity, code }) => [file, line, column, severity, code]),
      [["b.workflow.yml", 1, 1, "warning", "misnamed-file"]],
    );
  });

  it("says nothing twice: the same commit again is unchanged, or refused as before", async () => {
    await push({ "headwater.yaml": PROJECT, "a.workflow.yaml": noop("a") });
    assert.equal((await restart()).status, "unchanged");
    await push({ "headwater.yaml": PROJECT });
    const again = await restart();
    const recorded = await world.store.listDeployments({ limit: 10 });
    assert.deepEqual(
      recorded.map(({ status }) => status),
      ["refused", "active"],
    );
    assert.equal(again.id, recorded[0]?.id);
    assert.equal(changes.length, 2);
  });

  it("buries what a commit removed, and revives it", async () => {
    const files = {
      "headwater.yaml": PROJECT,
      "a.workflow.yaml": noop("a"),
      "b.workflow.yaml": scheduled("b", "@daily"),
    };
    await push(files);
    const { removed } = await push({ "headwater.yaml": PROJECT, "a.workflow.yaml": noop("a") });
    assert.deepEqual([removed, await live()], [["b"], ["a 1"]]);
    assert.deepEqual(await world.store.listSchedules(key("b")), []);
    assert.equal((await push(files)).reason, "2 workflows: 1 added, 1 unchanged");
    assert.deepEqual(await live(), ["a 1", "b 1"]);
  });

  it("holds a commit that would remove everything, or more than the policy allows", async () => {
    const workflows = Object.fromEntries(["a", "b", "c", "d"].map((id) => [`${id}.workflow.yaml`, noop(id)]));
    await push({ "headwater.yaml": PROJECT, ...workflows });
    const moved = await push({ "headwater.yaml": PROJECT, "e.workflow.yaml": noop("e") });
    assert.equal(moved.status, "held");
    assert.match(moved.reason ?? "", /^It would remove 4 of 4 workflows, all .*: headwater confirm/);
    const { "a.workflow.yaml": _, "b.workflow.yaml": __, ...half } = workflows;
    const policy = (share: string): string => `${PROJECT}policies: { max_deleted_workflows: ${share} }\n`;
    assert.match(
      (await push({ "headwater.yaml": policy("25%"), ...half })).reason ?? "",
      /remove 2 of 4 .* at most 25%/,
    );
    assert.deepEqual(await live(), ["a 1", "b 1", "c 1", "d 1"]);
    assert.equal((await push({ "headwater.yaml": policy("50%"), ...half })).status, "active");
  });

  it("holds a commit that allows itself what it removes, by the limit that is deployed", async () => {
    const workflows = Object.fromEntries(["a", "b", "c", "d"].map((id) => [`${id}.workflow.yaml`, noop(id)]));
    const { "a.workflow.yaml": _, "b.workflow.yaml": __, ...half } = workflows;
    const strict = `${PROJECT}policies: { max_deleted_workflows: 25% }\n`;
    await push({ "headwater.yaml": strict, ...workflows });
    for (const settings of [PROJECT, strict.replace("25%", "100%")]) {
      const { status, reason } = await push({ "headwater.yaml": settings, ...half });
      assert.deepEqual([status, /at most 25%/.test(reason ?? "")], ["held", true]);
    }
    await push({ "headwater.yaml": PROJECT, ...workflows });
    assert.equal((await push({ "headwater.yaml": PROJECT, ...half })).status, "active");
  });

  it("lets the only workflow of a project be renamed", async () => {
    await push({ "headwater.yaml": PROJECT, "a.workflow.yaml": noop("a") });
    assert.equal(
      (await push({ "headwater.yaml": PROJECT, "b.workflow.yaml": noop("b") })).reason,
      "1 workflow: 1 added, 1 removed",
    );
  });

  it("refuses a project that another repository has, until that one is removed", async () => {
    await push({ "headwater.yaml": PROJECT, "a.workflow.yaml": noop("a") });
    const copy = `${world.folder}/hosts/copy.git`;
    await world.origin.git("clone", "--quiet", "--bare", world.origin.folder, copy);
    await world.source.addRepository({ url: copy });
    assert.match(deployments.at(-1)?.reason ?? "", /^Project "growth" belongs to repository "flows"/);
    await world.source.removeRepository("flows");
    await world.source.syncRepository("copy");
    assert.equal(deployments.at(-1)?.status, "active");
  });

  it("deploys another branch as its own environment, whose triggers may be off", async () => {
    const environments =
      "environments: { production: { branch: main }, staging: { branch: develop, triggers: off } }\n";
    const files = { "headwater.yaml": PROJECT + environments, "a.workflow.yaml": scheduled("a", "@daily") };
    await push(files);
    await world.origin.git("branch", "develop", "main");
    await world.source.addRepository({ url: world.origin.folder, branch: "develop", name: "flows-staging" });
    assert.deepEqual([deployments[1]?.status, deployments[1]?.environment], ["active", "staging"]);
    assert.equal((await world.store.listSchedules(key("a"))).length, 1);
    assert.equal((await world.store.listSchedules(key("a", "staging"))).length, 0);
    await world.origin.git("branch", "feature", "main");
    await world.source.addRepository({ url: world.origin.folder, branch: "feature", name: "flows-feature" });
    assert.equal(
      deployments[2]?.reason,
      `Branch "feature" is of no environment: the environments in "headwater.yaml" have "main" (production), ` +
        `"develop" (staging). Add one for this branch, or follow one of those`,
    );
  });

  it("decides anew when another branch is followed that has the same head, there and back, over restarts", async () => {
    const environments =
      "environments: { production: { branch: main }, staging: { branch: develop, triggers: off } }\n";
    await push({ "headwater.yaml": PROJECT + environments, "a.workflow.yaml": scheduled("a", "0 * * * *") });
    await world.origin.git("branch", "develop", "main");
    await world.origin.git("branch", "trunk", "main");
    const places = async () => (await world.store.listEnvironments()).map(({ environment }) => environment);
    await world.source.changeRepository("flows", { branch: "develop" });
    assert.deepEqual([await places(), deployments.at(-1)?.environment], [["staging"], "staging"]);
    await world.source.changeRepository("flows", { branch: "trunk" });
    assert.match(deployments.at(-1)?.reason ?? "", /^Branch "trunk" is of no environment/);
    await world.source.changeRepository("flows", { branch: "main" });
    assert.deepEqual([await places(), deployments.at(-1)?.status], [["production"], "active"]);
    assert.equal((await restart()).status, "unchanged");
    const recorded = await world.store.listDeployments({ limit: 9 });
    assert.deepEqual(
      recorded.map(({ branch }) => branch),
      ["main", "trunk", "develop", "main"],
    );
  });

  it("keeps a branch that no environment names away from production, also where production is free", async () => {
    const environments = "environments: { staging: { branch: develop } }\n";
    const files = { "headwater.yaml": PROJECT + environments, "a.workflow.yaml": noop("a") };
    const { status, reason } = await push(files);
    assert.deepEqual([status, await live()], ["refused", []]);
    assert.match(reason ?? "", /^Branch "main" is of no environment: .* "develop" \(staging\)\./);
    assert.equal(
      (await push({ "headwater.yaml": PROJECT, "a.workflow.yaml": noop("a") })).environment,
      "production",
    );
  });

  const places = async (): Promise<readonly string[]> =>
    (await world.store.listWorkflows({})).map((row) => `${row.project} ${row.environment} ${row.workflow}`);

  it("buries the old workflows when the project or the environment is renamed, so that none fires twice", async () => {
    const workflow = { "a.workflow.yaml": scheduled("a", "@daily") };
    await push({ "headwater.yaml": PROJECT, ...workflow });
    const renamed = await push({ "headwater.yaml": "project: revenue\n", ...workflow });
    assert.equal(renamed.reason, `1 workflow: 1 added, 1 removed from project "growth" (production)`);
    assert.deepEqual(await places(), ["revenue production a"]);
    assert.deepEqual(await world.store.listSchedules(key("a")), []);
    const live = "environments: { live: { branch: main } }\n";
    await push({ "headwater.yaml": `project: revenue\n${live}`, ...workflow });
    assert.deepEqual(await places(), ["revenue live a"]);
    await push({ "headwater.yaml": PROJECT, ...workflow });
    assert.deepEqual(await places(), ["growth production a"]);
    assert.equal((await world.store.listSchedules(key("a"))).length, 1);
  });

  it("holds a rename of a project like any loss of all its workflows, and leaves other branches alone", async () => {
    const environments = "environments: { production: { branch: main }, staging: { branch: develop } }\n";
    const workflows = { "a.workflow.yaml": noop("a"), "b.workflow.yaml": noop("b") };
    await push({ "headwater.yaml": PROJECT + environments, ...workflows });
    await world.origin.git("branch", "develop", "main");
    await world.source.addRepository({ url: world.origin.folder, branch: "develop", name: "flows-staging" });
    const settings = `project: revenue\n${environments}`;
    const held = await push({ "headwater.yaml": settings, ...workflows });
    assert.equal(held.status, "held");
    assert.match(
      held.reason ?? "",
      /^It would remove 2 of 2 workflows from project "growth" \(production\), all/,
    );
    const staging = ["growth staging a", "growth staging b"];
    assert.deepEqual(await places(), ["growth production a", "growth production b", ...staging]);
    const meant = "policies: { max_deleted_workflows: 100% }\n";
    await push({ "headwater.yaml": PROJECT + environments + meant, ...workflows });
    assert.equal((await push({ "headwater.yaml": settings + meant, ...workflows })).status, "active");
    assert.deepEqual(await places(), [...staging, "revenue production a", "revenue production b"]);
  });

  it("plans the next slot of every schedule, and an unrelated change moves none", async () => {
    const files = {
      "headwater.yaml": PROJECT,
      "a.workflow.yaml": scheduled("a", "0 6 * * *", "0 6 * * *", "0 7 * * *"),
    };
    await push(files);
    const before = await world.store.listSchedules(key("a"));
    const hours = before.map(({ nextSlotAt }) => new Date(nextSlotAt ?? 0).toISOString()).sort();
    assert.deepEqual(hours, [
      "2026-11-23T06:00:00.000Z",
      "2026-11-23T06:00:00.000Z",
      "2026-11-23T07:00:00.000Z",
    ]);
    for (const { nextAt, nextSlotAt } of before)
      assert.ok(nextAt! >= nextSlotAt! && nextAt! < nextSlotAt! + 600_000);
    assert.equal(new Set(before.map(({ id }) => id)).size, 3);
    world.clock.advance(2 * 86_400_000);
    await push({ ...files, "README.md": "two days later" });
    assert.deepEqual(await world.store.listSchedules(key("a")), before);
  });
});
