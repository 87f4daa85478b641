import { resolveParams } from "@headwater/engine";
import { dueAt } from "@headwater/workflow";
import type { Json, ScheduleReader } from "@headwater/workflow";
import type { Clock } from "../clock.js";
import { ServiceError } from "../errors.js";
import type { Ids } from "../ids.js";
import type { RunRow, Store, WorkflowKey } from "../store/store.js";
import { unknownWorkflow } from "./unknown-workflow.js";
import type { Versions } from "./versions.js";

/** A run that somebody asks for. */
export interface StartRequest {
  readonly key: WorkflowKey;
  readonly params: Readonly<Record<string, Json>>;
  readonly by: string;
  /** The same key starts one run: the first one is answered again. */
  readonly requestId?: string;
}

export interface RequestedRunsOptions {
  readonly store: Store;
  readonly versions: Versions;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly scheduleReader: Pick<ScheduleReader, "nextFire">;
  /** Takes over a run that was created. */
  readonly adopt: (runs: readonly RunRow[]) => void;
}

/** Starts the runs that people ask for. */
export class RequestedRuns {
  readonly #options: RequestedRunsOptions;

  constructor(options: RequestedRunsOptions) {
    this.#options = options;
  }

  /** @throws ServiceError workflow-not-found, invalid-params */
  async start(request: StartRequest): Promise<RunRow> {
    const { store, clock, ids, versions, scheduleReader, adopt } = this.#options;
    const { project, environment, workflow } = request.key;
    const active = await store.findWorkflow(request.key);
    if (active === null || active.removedAt !== null) {
      const refused = `Cannot start "${project}/${workflow}": no such workflow is deployed`;
      throw await unknownWorkflow(store, request.key, refused);
    }
    const now = clock.now();
    const { definition } = await versions.read(active.versionId);
    const id = ids.next("run", now);
    const { commit, versionId, repositoryId } = active;
    const context = { id, scheduledAt: now, createdAt: now, trigger: "manual", commit, environment };
    const resolved = resolveParams(definition, request.params, context);
    if (!resolved.ok) throw invalidParams(request.key, resolved.problems);
    const triggerKey = triggerKeyOf(request);
    const created = await store.createRuns([
      {
        id,
        project,
        environment,
        workflow,
        versionId,
        commit,
        repositoryId,
        trigger: { kind: "manual", by: request.by },
        triggerKey,
        params: resolved.params,
        scheduledAt: now,
        createdAt: now,
        dueAt: dueAt(scheduleReader, active.properties.expect, { scheduledAt: now, createdAt: now }),
      },
    ]);
    adopt(created);
    return created[0] ?? this.#findByTriggerKey(triggerKey);
  }

  async #findByTriggerKey(triggerKey: string | null): Promise<RunRow> {
    const run = triggerKey === null ? null : await this.#options.store.findRunByTriggerKey(triggerKey);
    if (run !== null) return run;
    throw new ServiceError(
      "bad-request",
      `Cannot start a run of request "${triggerKey ?? ""}": it has started one, which is not kept any more. Give a new request another id`,
    );
  }
}

function triggerKeyOf({ key: { project, environment, workflow }, requestId }: StartRequest): string | null {
  return requestId === undefined ? null : `request:${project}/${environment}/${workflow}:${requestId}`;
}

function invalidParams(
  key: WorkflowKey,
  problems: readonly { readonly param: string; readonly message: string }[],
): ServiceError {
  const words = problems.map(({ param, message }) => `"${param}" ${message}`).join("; ");
  return new ServiceError("invalid-params", `Cannot start "${key.project}/${key.workflow}": ${words}`);
}
