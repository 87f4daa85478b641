import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { it } from "mocha";
import { systemClock } from "#server/clock.js";
import { openConnection } from "#server/store/sqlite/connection.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import { jobsOfEndedRuns } from "#server/store/sqlite/migrations/0030-jobs-of-ended-runs.js";
import { confirmationsOnce } from "#server/store/sqlite/migrations/0045-confirmations-once.js";
import { MIGRATIONS } from "#server/store/sqlite/migrations/migrations.js";
import { SUCCEEDED, advance, deployment, newRun, stepChange } from "../../store-rows.js";
import { temporaryFolder } from "../sqlite-world.js";

/** One line for each migration, added with it and never changed: a database out there has run that text. */
const HASHES = [
  "2d57fba1281ddf06249c517c26c515cb741637a8a8859a78e68872069fd167e8",
  "b30c76d684e27b6e5198f0566c4aab2cf2b1aae8fd5900b9fecf1677c5e06a9a",
  "e3ca62bdd9957fbf7fb871139deb0ae047bb0b6c73a5b6abb26b4e4e9f330719",
  "7774017f8cf3dbd7be65350bf12f9a854e71851e094addf51662e3720579fd5d",
  "924188ccde566f6d0e782410208ced94a88b760c1b2c2fe94f968b713a0ba4d8",
  "87d5f75454caea8e5281d2b9122b1ec57d5106f483f68804e159a8c5db356757",
  "99b3ad0ccb330d7cce05dd1d57f37affae20b83cd1d816a27104eb494224bd6d",
  "b4895f849bd32f956b0e9b71e9ad9030141f0b8ec320bbb2ad5a5622e2a8dcd2",
  "05346e65250cefa4284feb45fc17de9fd0d051a6f4a800045bd605a6e3382910",
  "3da80306e8eb39941ff52912bd367199995aef1b9dc7fba13bd087f42e3d41c0",
  "d5d7ed867906d82f9d2e6030be6dbbb615e6a61b2bfc9afa78e9875e99eb251e",
  "3220c09480e4bed2d28b80384848e27698e71bd2b7f4e92c2c8eab9deca1bf0b",
  "a25848072f49fa5bff52cdb7c6fac7ef8642c5986689cff1f04121c7720948a0",
  "cd79e1a2f1b77cf79f841ee175fcd029be07cabdf093ffd54dc97353ef59907b",
  "cac2c00ee26130d09a27b4999b6b156f39e3aa65d28a724c5c8a9b13587dbd0c",
  "4ada86b517bf51318a22059d7e13e90dfee171408f776f6a508c1d683da2ed8e",
  "f6c253a9e946bc7283aa9af470c67516cb4e264d2d0decd44df31d52e6df8dbc",
  "0a095a865c3c072b897d6be454846990d8f2f8bf9cb268479818365ae7edaa76",
  "432e545938c6fec6d692ac5539d29c432e333f6ab4c8f1d11ef7a428f7959c6e",
  "ed1d6ce68a33192f8d5d0256ac578c9f1f2dac17b8b3cb4dc86f2b92e9d45c7b",
  "0acc7743809260941790a842391c78bad5447b488aa3582d2d9e5a82eb887d47",
  "ae8374299b28f3b254f7e5b1f3f25448b4fd3b49047dec4699d59d48a5473460",
  "82f4c0fa031c5da4ccaaa5efea3d5f6b4d5bc5ce321b3902ccf5ed5a8116f0ac",
  "c19c46450e3412b47870ece1fd207b465600a8d263dd9ac96c50cf6101c61972",
  "d2d461565b49aa9ffc66b8409d965144e54d879a4b4ae52b2e3edad7fb0ddbbb",
  "3fe596747866ebb12ca281a46409a8373e6cd759dc5f1e94734d7140395a37d3",
  "8d91394723b64de747943174b12e692423ec68f304583395e83d68d8ea54f757",
  "422ad54c9775e474bc2511241287ed6b9f2f59b1df46e9f3b25163d4c86d5807",
  "65e0a0393613cf96da9b1fa4c459fd27d918570c05ae4877ae89b33ae816bbbd",
  "f43fe2c47c9234b611b462c7a7f3092121a8a04ae8a44af1b80202abdc507e17",
  "6caf76324693d6a449f693fe667e5ae75f43d73b5cfe8cb74d825e117a455600",
  "7a20719838e928012a51de644c643bee0353cb9f2aa41b666d286a721e7d4ad2",
  "8a595213dc4c09fa4f3fd32e4b471f1f583bc1c5f53a802b21cb5456263531f7",
  "1eaa09300c1a506dc69cd31571354ce9d2a5daf588fd17bf1dad85f9bbba18fe",
  "d02823b80dabea7006070868f8a0fed88f510fc72391b7f30d2d4cebaeca7cee",
  "0fd34b66a9a7ee1300304eb18c7630efd568918ef911d2202f15438a9c817679",
  "b038a17e71e0047fa937d415e38d728eb516d98487d58dfcee76da0eb9d3763d",
  "50561bf609a210c17a4d56f3eca55c43c4f069776fa3f67107b9491595f304eb",
  "37cf8f27dee21687151dadb142268b62400fbae89eb7360d4efee0d588537d40",
  "6396544a76e6fe5c0936d0baac8c3f0daf66d6b563d883cf0e517d397a373d49",
  "de9f6e6acee04fa54037ed11cb8044fa39d848e6d60dcbb26f2c7092f2e66401",
  "99684c8e74e85291e18e1c1be4bd8cf09b93909b8c446492ff8d7497ae112686",
  "a88c60582732f0de297be8e81daec0d9f4fc928133c8760ce13c0a96ce6caa3f",
  "ac2286770f68ed2391d3e71574568b6ccc4783aba14c3e29b5fc1fb966904d3a",
  "90851875d2801886e7999ba8b2c2ae95c63959bd887dbb64382de2e990e4a416",
  "20bd329b9e732563156a6aad22a253d0f98a6c1b8aa95efa0e5aad9778e5d0ae",
];

it("migrations are as they were when they were written", () => {
  assert.deepEqual(
    MIGRATIONS.map((sql) => createHash("sha256").update(sql).digest("hex")),
    HASHES,
  );
});

it("a new database has every migration, and starting again applies none twice", async () => {
  const folder = temporaryFolder();
  for (const _start of ["first", "second"]) {
    const store = createSqliteStore({ dataFolder: folder.path, clock: systemClock });
    await store.start();
    await store.stop();
  }
  const connection = await openConnection(join(folder.path, "headwater.db"), { access: "read" });
  assert.deepEqual(await connection.all("PRAGMA user_version"), [{ user_version: MIGRATIONS.length }]);
  assert.deepEqual(await connection.all("PRAGMA foreign_key_check"), []);
  await connection.close();
  folder.remove();
});

it("what a repository has deployed is found by an index, the newest first", async () => {
  const folder = temporaryFolder();
  const store = createSqliteStore({ dataFolder: folder.path, clock: systemClock });
  await store.start();
  await store.stop();
  const connection = await openConnection(join(folder.path, "headwater.db"), { access: "read" });
  const plan = await connection.all<{ readonly detail: string }>(
    "EXPLAIN QUERY PLAN SELECT settings FROM project WHERE repository_id = 'a' ORDER BY updated_at DESC LIMIT 1",
  );
  assert.deepEqual(
    plan.map(({ detail }) => detail),
    ["SEARCH project USING INDEX project_by_repository (repository_id=?)"],
  );
  await connection.close();
  folder.remove();
});

it("jobs that waited for ever in runs that had ended before they began count as canceled, also in the runs above", async () => {
  const folder = temporaryFolder();
  const open = () => createSqliteStore({ dataFolder: folder.path, clock: systemClock });
  const store = open();
  await store.start();
  const byStep = (runId: string, path: string) =>
    ({ kind: "step", runId, path, attempt: 1, depth: 1, root: "top" }) as const;
  await store.createRuns([
    newRun("top"),
    newRun("middle", { trigger: byStep("top", "load[0].report") }),
    newRun("leaf", { trigger: byStep("middle", "part") }),
    newRun("going"),
  ]);
  const run = { ...SUCCEEDED, status: "canceled" } as const;
  await store.advanceRun(advance("leaf", 1, { run, jobs: { waiting: 2 } }));
  const part = stepChange("part", { startedRun: "leaf" });
  await store.advanceRun(advance("middle", 1, { run, jobs: { canceled: 1, waiting: 1 }, steps: [part] }));
  const steps = [
    stepChange("load", { kind: "foreach", jobs: { skipped: 3 } }),
    stepChange("load[0].report", { startedRun: "middle" }),
  ];
  await store.advanceRun(advance("top", 1, { run: SUCCEEDED, jobs: { succeeded: 1, skipped: 3 }, steps }));
  await store.advanceRun(advance("going", 1, { jobs: { waiting: 4 } }));
  await store.stop();
  const connection = await openConnection(join(folder.path, "headwater.db"), { access: "write" });
  await connection.exec(`PRAGMA recursive_triggers = ON; ${jobsOfEndedRuns}`);
  await connection.close();
  const again = open();
  await again.start();
  const jobsOf = async (id: string) => (await again.findRun(id))?.jobs;
  assert.deepEqual(await jobsOf("leaf"), { canceled: 2 });
  assert.deepEqual(await jobsOf("middle"), { canceled: 4 });
  assert.deepEqual(await jobsOf("top"), { succeeded: 1, skipped: 3, canceled: 4 });
  assert.deepEqual(await jobsOf("going"), { waiting: 4 });
  const [load] = await again.listSteps("top", { limit: 9 });
  assert.deepEqual([load?.path, load?.jobs], ["load", { skipped: 3, canceled: 4 }]);
  await again.stop();
  folder.remove();
});

it("what was confirmed counts on for the newest commit of a branch alone, and stays shown with what it let pass", async () => {
  const folder = temporaryFolder();
  const file = join(folder.path, "headwater.db");
  const connection = await openConnection(file, { access: "write" });
  const before = MIGRATIONS.indexOf(confirmationsOnce);
  await connection.exec(MIGRATIONS.slice(0, before).join(";\n"));
  const deployed = [
    ["flows", "one", "held", 10],
    ["flows", "one", "active", 11],
    ["flows", "two", "active", 12],
    ["ads", "one", "active", 20],
    ["ads", "two", "held", 21],
    ["ads", "two", "active", 22],
    ["ads", "one", "active", 23],
  ] as const;
  for (const [index, [repository, commit, status, at]] of deployed.entries())
    await connection.run(
      `INSERT INTO deployment (id, repository_id, project, environment, commit_sha, status, diagnostics, added, changed, removed,
         unchanged, seen_at, ended_at)
       VALUES (?, ?, ?, 'production', ?, ?, '[]', '[]', '[]', '[]', 0, ?, ?)`,
      [`d${index + 1}`, repository, repository, commit, status, at, at],
    );
  // Somebody has pinned the environment to the commit before: the branch is where it was.
  await connection.exec(`INSERT INTO pin (project, environment, repository_id, commit_sha, deployment_id, pinned_by, reason, at)
    VALUES ('ads', 'production', 'ads', 'one', 'd7', 'bob', '', 23)`);
  await connection.exec(`INSERT INTO commit_confirmation (repository_id, commit_sha, confirmed_by, reason, at)
    VALUES ('flows', 'one', 'ann', '', 10), ('ads', 'two', 'ann', '', 21), ('gone', 'one', 'ann', '', 1)`);
  for (const sql of MIGRATIONS.slice(before)) await connection.exec(sql);
  await connection.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
  await connection.close();
  const store = createSqliteStore({ dataFolder: folder.path, clock: systemClock });
  await store.start();
  assert.equal(await store.findConfirmation("flows", "one"), null);
  assert.equal((await store.findConfirmation("ads", "two"))?.by, "ann");
  assert.equal(await store.findConfirmation("gone", "one"), null);
  await store.recordDeployment(deployment("d8", { repositoryId: "flows", commit: "one", status: "held" }));
  const shown = await store.listDeployments({ limit: 9 });
  assert.deepEqual(
    shown.filter(({ confirmed }) => confirmed !== null).map(({ id }) => id),
    ["d6", "d5", "d2", "d1"],
  );
  await store.stop();
  folder.remove();
});
