import { answerProblem } from "@headwater/engine";
import type { AnswerProblem, RunEvent, RunState } from "@headwater/engine";
import { ServiceError } from "../errors.js";
import type { Store } from "../store/store.js";

export interface ApprovalsOptions {
  readonly store: Pick<Store, "findRun">;
  /** Null for a run that has ended, or is not known. */
  readonly stateOf: (runId: string) => RunState | null;
  /** False when the event will never be durable. */
  readonly postDurably: (runId: string, event: RunEvent) => Promise<boolean>;
}

/** What somebody answers to a step that waits for approval. */
export interface ApprovalAnswer {
  readonly path: string;
  readonly by: string;
  readonly approved: boolean;
  readonly comment: string;
}

/** Takes people's answers to the steps that wait for them: who was told that it counts has it on disk. */
export class Approvals {
  readonly #options: ApprovalsOptions;
  /** Steps whose answer is being written: the first one counts. */
  readonly #answering = new Set<string>();

  constructor(options: ApprovalsOptions) {
    this.#options = options;
  }

  /** @throws ServiceError run-not-found, run-ended, step-not-found, step-not-waiting, not-an-approver, store-waiting */
  async answer(runId: string, answer: ApprovalAnswer): Promise<void> {
    const state = this.#options.stateOf(runId);
    const action = `Cannot ${answer.approved ? "approve" : "reject"} step "${answer.path}" of run "${runId}"`;
    if (state === null) throw await this.#whyGone(runId, action);
    const key = `${runId} ${answer.path}`;
    if (this.#answering.has(key)) {
      throw new ServiceError("step-not-waiting", `${action}: somebody has just answered`);
    }
    const problem = answerProblem(state, answer.path, answer.by);
    if (problem !== null) throw refusal(action, answer.by, problem);
    this.#answering.add(key);
    const isDurable = await this.#options
      .postDurably(runId, { kind: "approve", ...answer })
      .finally(() => this.#answering.delete(key));
    if (!isDurable) throw new ServiceError("store-waiting", `${action}: the answer could not be written`);
  }

  async #whyGone(runId: string, action: string): Promise<ServiceError> {
    const row = await this.#options.store.findRun(runId);
    if (row === null) return new ServiceError("run-not-found", `${action}: there is no such run`);
    if (row.endedAt === null) return new ServiceError("store-waiting", `${action}: the service is not ready`);
    return new ServiceError("run-ended", `${action}: the run has already ended, it is ${row.status}`);
  }
}

function refusal(action: string, by: string, problem: AnswerProblem): ServiceError {
  switch (problem.kind) {
    case "no_step":
      return new ServiceError(
        "step-not-found",
        `${action}: no such step is under way; "headwater show" lists those that wait`,
      );
    case "not_waiting": {
      const words = `it does not wait for approval, it is ${problem.status}`;
      return new ServiceError("step-not-waiting", `${action}: ${words}`);
    }
    case "not_asked": {
      const asked = problem.approvers.map((name) => `"${name}"`).join(" or ");
      const words = `only ${asked} may answer, and this came from "${by}" (headwater approve --by says who you are)`;
      return new ServiceError("not-an-approver", `${action}: ${words}`);
    }
  }
}
