import { admit } from "@headwater/engine";
import type { Admission, RunRef, RunStatus } from "@headwater/engine";
import type { RunStrategy } from "@headwater/workflow";

interface Lane {
  readonly active: Map<string, RunRef>;
  readonly queued: Map<string, RunRef>;
  lastEnded: RunStatus | null;
}

/** The runs of each workflow that are going or waiting for their turn; its run strategy says who is next. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();

  queue(workflow: string, run: RunRef): void {
    this.#lane(workflow).queued.set(run.id, run);
  }

  begin(workflow: string, run: RunRef): void {
    const lane = this.#lane(workflow);
    lane.queued.delete(run.id);
    lane.active.set(run.id, run);
  }

  end(workflow: string, runId: string, status: RunStatus): void {
    const lane = this.#lane(workflow);
    lane.queued.delete(runId);
    lane.active.delete(runId);
    lane.lastEnded = status;
    if (lane.active.size === 0 && lane.queued.size === 0) this.#lanes.delete(workflow);
  }

  /** Who may begin now, and who gives way. */
  next(workflow: string, strategy: RunStrategy): Admission {
    const lane = this.#lane(workflow);
    return admit(strategy, {
      active: [...lane.active.values()],
      queued: [...lane.queued.values()],
      lastEnded: lane.lastEnded,
    });
  }

  #lane(workflow: string): Lane {
    const lane = this.#lanes.get(workflow) ?? { active: new Map(), queued: new Map(), lastEnded: null };
    this.#lanes.set(workflow, lane);
    return lane;
  }
}
