import { answerProblem, isRunEnded, isStepEnded } from "@headwater/engine";
import type { AnswerProblem, RunEvent, RunState } from "@headwater/engine";
import { ServiceError } from "../errors.js";
import type { RunRow, Store } from "../store/store.js";
import type { IsRefused } from "./live-run.js";
import { runName } from "./run-name.js";

export interface ApprovalsOptions {
  readonly store: Pick<Store, "findRun">;
  /** False of a run that has ended, or is not known. */
  readonly isHere: (runId: string) => boolean;
  /** False when the event will never be durable, as when it is refused. */
  readonly postDurably: (runId: string, event: RunEvent, isRefused: IsRefused) => Promise<boolean>;
}

/** What somebody answers to a step that waits for approval. */
export interface ApprovalAnswer {
  readonly path: string;
  readonly by: string;
  readonly approved: boolean;
  readonly comment: string;
}

/**
 * Takes people's answers to the steps that wait for them. As every request they are judged when they are decided: who comes second, or when
 * the timeout is over, hears it, and who was told that it counts has it on disk.
 */
export class Approvals {
  readonly #options: ApprovalsOptions;

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
    const { isHere, postDurably } = this.#options;
    if (!isHere(runId)) return "gone";
    const refused: Refusal[] = [];
    const isDurable = await postDurably(runId, { kind: "approve", ...answer }, (state) => {
      const refusal = refusalIn(state, answer);
      if (refusal !== null) refused.push(refusal);
      return refusal !== null;
    });
    if (isDurable) return null;
    return refused[0] ?? { code: "store-waiting", words: "the answer could not be written" };
  }
}

/** The message goes on with the words. */
interface Refusal {
  readonly code: ServiceError["code"];
  readonly words: string;
}

/** Why the answer would change nothing in a run that stands so; null when it will. */
function refusalIn(state: RunState, { path, by }: ApprovalAnswer): Refusal | null {
  if (isRunEnded(state.status)) return ended(state.status);
  const problem = answerProblem(state, path, by);
  return problem === null ? null : refusalOf(problem, { by, isRunPaused: state.paused !== null });
}

function ended(status: string): Refusal {
  return { code: "run-ended", words: `the run has already ended, it is ${status}` };
}

function whyGone(row: RunRow | null): Refusal {
  if (row === null) return { code: "run-not-found", words: "there is no such run" };
  if (row.endedAt === null) return { code: "store-waiting", words: "the service is not ready" };
  return ended(row.status);
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
