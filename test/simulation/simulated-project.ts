import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileProject, nextFire } from "@headwater/workflow";
import type { CompiledProject } from "@headwater/workflow";
import type { Clock } from "#server/clock.js";
import { openConnection } from "#server/store/sqlite/connection.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import type { NewSchedule, Store, VersionRow } from "#server/store/store.js";
import type { Deployed } from "./memory-store.js";
import { SHAPES } from "./shapes.js";

/** A store in which the shapes are deployed, and nothing has run. */
export interface SimulatedProject {
  /** On a disk. */
  readonly store: Store;
  readonly dataFolder: string;
  readonly deployed: Deployed;
  /** The store on the disk forgets everything that has happened since the deployment. */
  reset(): Promise<void>;
  remove(): Promise<void>;
}

/** Where Linux keeps files in memory: what is lost in a kill is decided by the seed, not by a disk. */
const MEMORY = "/dev/shm";
const COMMIT = "0".repeat(40);
const WIPE = [
  "journal",
  "step",
  "remembered",
  "joined_signal",
  "signal",
  "run_progress",
  "run_snapshot",
  "run_action",
  "run",
  "workflow_pause",
  "workflow_breakpoint",
];

/** @param clock that of the store's own waits; @param startAt when schedules begin to fire, epoch milliseconds */
export async function deploySimulatedProject(clock: Clock, startAt: number): Promise<SimulatedProject> {
  const dataFolder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), "headwater-simulation-"));
  const store = createSqliteStore({ dataFolder, clock });
  await store.start();
  const compiled = compile();
  const versions = new Map(compiled.workflows.map((workflow) => [workflow.id, versionOf(workflow, startAt)]));
  await deploy(store, { compiled, versions, startAt });
  const workflows = await store.listWorkflows({});
  const schedules = (await Promise.all(workflows.map((workflow) => store.listSchedules(workflow)))).flat();
  const connection = await openConnection(join(dataFolder, "headwater.db"), { access: "write" });
  return {
    store,
    dataFolder,
    deployed: { repositories: await store.listRepositories(), workflows, versions, schedules },
    async reset() {
      const wipe = WIPE.map((table) => `DELETE FROM ${table};`).join("");
      const slot = schedules[0]?.nextSlotAt ?? startAt;
      await connection.exec(
        `BEGIN IMMEDIATE; ${wipe} UPDATE signal_cursor SET matched_up_to = 0;
         UPDATE schedule SET next_slot_at = ${slot}, next_at = ${slot}; COMMIT`,
      );
    },
    async remove() {
      await connection.close();
      await store.stop();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

function compile(): CompiledProject {
  const encoder = new TextEncoder();
  const compiled = compileProject({
    paths: Object.keys(SHAPES).sort(),
    contentId: (path) => SHAPES[path],
    read: (path) => (SHAPES[path] === undefined ? undefined : encoder.encode(SHAPES[path])),
  });
  const errors = compiled.diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new DoesNotCompile(JSON.stringify(errors));
  return compiled;
}

function versionOf(
  { id, definition, fingerprint }: CompiledProject["workflows"][number],
  createdAt: number,
): VersionRow {
  return {
    id: `version-of-${id}`,
    project: "simulated",
    workflow: id,
    number: 1,
    fingerprint,
    commit: COMMIT,
    createdAt,
    definition,
  };
}

interface Deployment {
  readonly compiled: CompiledProject;
  readonly versions: ReadonlyMap<string, VersionRow>;
  readonly startAt: number;
}

async function deploy(store: Store, { compiled, versions, startAt }: Deployment): Promise<void> {
  await store.saveRepository({
    id: "repository",
    name: "simulated",
    url: "/simulated",
    branch: "main",
    createdAt: startAt,
    headCommit: COMMIT,
    checkedAt: startAt,
    follows: "branch",
    declared: null,
    problem: null,
  });
  const workflows = compiled.workflows.flatMap(({ id, path, definition, properties }) => {
    const version = versions.get(id);
    const schedules = schedulesOf(definition.triggers, startAt);
    return version === undefined ? [] : [{ workflow: id, path, properties, schedules, version }];
  });
  await store.activateDeployment({
    deployment: {
      id: "deployment",
      repositoryId: "repository",
      project: "simulated",
      environment: "production",
      commit: COMMIT,
      commitAuthor: null,
      branch: "main",
      commitCommitter: null,
      commitSubject: null,
      committedAt: null,
      status: "active",
      reason: null,
      diagnostics: [],
      added: [],
      changed: [],
      removed: [],
      unchanged: 0,
      rewritten: null,
      seenAt: startAt,
      endedAt: startAt,
    },
    settings: compiled.settings,
    workflows,
    removed: [],
    buried: [],
  });
}

function schedulesOf(
  triggers: CompiledProject["workflows"][number]["definition"]["triggers"],
  startAt: number,
): readonly NewSchedule[] {
  return triggers.flatMap((trigger) => {
    if (trigger.kind !== "schedule") return [];
    const slotAt = nextFire(trigger, startAt);
    return [{ id: "the-schedule", trigger, nextSlotAt: slotAt, nextAt: slotAt }];
  });
}

class DoesNotCompile extends Error {
  readonly code = "does-not-compile";
}
