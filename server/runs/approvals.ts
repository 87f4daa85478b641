import { answerProblem, isStepEnded } from "@headwater/engine";
import type { AnswerProblem, RunEvent, RunState } from "@headwater/engine";
import { ServiceError } from "../errors.js";
import type { RunRow, Store } from "../store/store.js";
import { runName } from "./run-name.js";

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
    const refused = await this.#post(runId, answer);
    if (refused === null) return;
    const row = await this.#options.store.findRun(runId);
    const { code, words } = refused === "gone" ? whyGone(row) : refused;
    const name = row === null ? runId : runName(row);
    const verb = answer.approved ? "approve" : "reject";
    throw new ServiceError(code, `Cannot ${verb} step "${answer.path}" of run "${name}": ${words}`);
  }

  async #post(runId: string, answer: ApprovalAnswer): Promise<Refusal | "gone" | null> {
    const state = this.#options.stateOf(runId);
    if (state === null) return "gone";
    const key = `${runId} ${answer.path}`;
    if (this.#answering.has(key)) return { code: "step-not-waiting", words: "somebody has just answered" };
    const problem = answerProblem(state, answer.path, answer.by);
    if (problem !== null) return refusalOf(problem, { by: answer.by, isRunPaused: state.paused !== null });
    this.#answering.add(key);
    const isDurable = await this.#options
      .postDurably(runId, { kind: "approve", ...answer })
      .finally(() => this.#answering.delete(key));
    return isDurable ? null : { code: "store-waiting", words: "the answer could not be written" };
  }
}

/** The message goes on with the words. */
interface Refusal {
  readonly code: ServiceError["code"];
  readonly words: string;
}

function whyGone(row: RunRow | null): Refusal {
  if (row === null) return { code: "run-not-found", words: "there is no such run" };
  if (row.endedAt === null) return { code: "store-waiting", words: "the service is not ready" };
  return { code: "run-ended", words: `the run has already ended, it is ${row.status}` };
}

function refusalOf(
  problem: AnswerProblem,
  { by, isRunPaused }: { readonly by: string; readonly isRunPaused: boolean },
): Refusal {
  switch (problem.kind) {
    case "no_step":
      return {
        code: "step-not-found",
        words: 'no such step is under way; "headwater show" lists those that wait',
      };
    case "not_waiting": {
      const isHeld = problem.status === "paused" || (isRunPaused && !isStepEnded(problem.status));
      const words = isHeld
        ? "it is paused, and asks nobody until it goes on: resume it first, with headwater resume"
        : `it does not wait for approval, it is ${problem.status}`;
      return { code: "step-not-waiting", words };
    }
    case "not_asked": {
      const asked = problem.approvers.map((name) => `"${name}"`).join(" or ");
      const words = `only ${asked} may answer, and this came from "${by}" (headwater approve --by says who you are)`;
      return { code: "not-an-approver", words };
    }
  }
}
