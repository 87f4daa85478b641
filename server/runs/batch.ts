import { dottedPath, outcomeOfEvent } from "@headwater/engine";
import type { Decision, Effect, StepChange } from "@headwater/engine";
import { runEnded, runLate } from "../store/run-ended-signal.js";
import type {
  ForgottenSteps,
  JournalEntry,
  NewRemembered,
  NewSignal,
  RunAdvance,
  RunRow,
} from "../store/store.js";

type Tell = (isDurable: boolean) => void;

/** What a batch of events did to a run, gathered decision by decision: of a step only the last change counts. */
export class Batch {
  readonly effects: Effect[] = [];
  /** Who wants to know when it is durable. */
  readonly awaitedBy: Tell[] = [];
  readonly #entries: JournalEntry[] = [];
  readonly #signals: NewSignal[] = [];
  readonly #remembered: NewRemembered[] = [];
  readonly #changes = new Map<string, StepChange>();
  readonly #forgotten: ForgottenSteps[] = [];

  /** @param how.effects what remains to be performed of the decision's; @param how.row the run as it was before it */
  add(
    entry: JournalEntry,
    how: {
      readonly decision: Decision;
      readonly effects: readonly Effect[];
      readonly row: RunRow;
      readonly tell: Tell | undefined;
    },
  ): void {
    const { decision, effects, row, tell } = how;
    if (tell !== undefined) this.awaitedBy.push(tell);
    this.#entries.push(entryOf(entry, decision));
    for (const effect of effects) {
      this.effects.push(effect);
      this.#keep(effect, row, entry.at);
    }
    for (const change of decision.changes) this.#changes.set(change.path, change);
  }

  /** What must be durable. @param row the run as it is after all of it */
  advance(row: RunRow, rebound: Pick<RunAdvance, "rebound">): RunAdvance {
    const { status, reason, startedAt, endedAt, outputs, lateAt } = row;
    return {
      runId: row.id,
      entries: this.#entries,
      run: { status, reason, startedAt, endedAt, outputs, lateAt },
      ...rebound,
      forgotten: this.#forgotten,
      steps: [...this.#changes.values()],
      signals: this.#signals,
      remembered: this.#remembered,
    };
  }

  /** What becomes durable together with the decision. */
  #keep(effect: Effect, row: RunRow, at: number): void {
    const { id, environment } = row;
    switch (effect.kind) {
      case "emit": {
        const { key, signal, params } = effect;
        return void this.#signals.push({ key: `${id}/${key}`, signal, params, environment, runId: id, at });
      }
      case "late":
        return void this.#signals.push(runLate(row, { dueAt: effect.dueAt, at }));
      case "finish":
        return void this.#signals.push(runEnded(row, { status: effect.status, at }));
      case "remember": {
        const { path, key, outputs } = effect;
        return void this.#remembered.push({ step: dottedPath(path), key, outputs, at });
      }
      case "forget_steps":
        return this.#forget(effect);
      default:
    }
  }

  /** What the same batch had said of the steps before is void. */
  #forget({ path, isGone }: ForgottenSteps): void {
    for (const other of this.#changes.keys()) {
      if (other.startsWith(`${path}[`) || (isGone && other === path)) this.#changes.delete(other);
    }
    this.#forgotten.push({ path, isGone });
  }
}

function entryOf(entry: JournalEntry, decision: Decision): JournalEntry {
  const outcome = outcomeOfEvent(decision);
  return outcome === null ? entry : { ...entry, outcome };
}
