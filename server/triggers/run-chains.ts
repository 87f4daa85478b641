import type { SignalRow } from "../store/store.js";
import type { RunChain, RunTrigger } from "../store/run-trigger.js";

/** So many runs may start each other through signals; a longer chain is taken for a circle, which would never end. */
export const DEPTH_MAX = 100;

/** So many runs may one run set going through signals, directly and through others. */
export const CHAINED_RUNS_MAX = 10_000;

/** Counts, while a batch of signals becomes runs, how many each run at a root has set going. */
export class RunChains {
  readonly #runsMax: number;
  readonly #runs = new Map<string, number>();

  constructor(runsMax: number) {
    this.#runsMax = runsMax;
  }

  /** The chain of the runs that these signals start; of several, the longest tells how deep, the fullest which. */
  chainOf(signals: readonly SignalRow[]): RunChain {
    const depth = Math.max(...signals.map((signal) => signal.depth));
    let root: string | null = null;
    for (const signal of signals) {
      if (signal.root === null) continue;
      this.#runs.set(signal.root, Math.max(this.#runsOf(signal.root), signal.rootRuns));
      if (root === null || this.#runsOf(signal.root) > this.#runsOf(root)) root = signal.root;
    }
    return { depth, root };
  }

  /** Counts a run that joins the chain. */
  count({ root }: RunChain): void {
    if (root !== null) this.#runs.set(root, this.#runsOf(root) + 1);
  }

  isFull({ root }: RunChain): boolean {
    return root !== null && this.#runsOf(root) >= this.#runsMax;
  }

  /** Why a run must not begin, in words; null when it may. */
  problem(workflow: string, trigger: RunTrigger): string | null {
    if (!("depth" in trigger)) return null;
    const remedy = `break the circle, remove the trigger of "${workflow}" or narrow it with "match", "if" or "on"`;
    const again = `${causeOf(trigger)} starts "${workflow}" again`;
    if (trigger.depth > DEPTH_MAX) {
      return `more than ${DEPTH_MAX} runs have started each other, and now ${again}: ${remedy}`;
    }
    if (!this.isFull(trigger)) return null;
    return (
      `run "${trigger.root}" has set ${this.#runsMax} runs going, one through another, and now ${again}: ` +
      `${remedy}; no more runs are started from there`
    );
  }

  #runsOf(root: string): number {
    return this.#runs.get(root) ?? 0;
  }
}

function causeOf(trigger: Extract<RunTrigger, { readonly depth: number }>): string {
  switch (trigger.kind) {
    case "signal":
      return `the signal "${trigger.signal}"`;
    case "all":
      return `the last of the signals ${namesOf(trigger.signals)}`;
    case "workflow":
      return `the end of run "${trigger.runId}" of "${trigger.workflow}"`;
    case "step":
      return `the step "${trigger.path}" of run "${trigger.runId}"`;
  }
}

function namesOf(signals: Readonly<Record<string, { readonly signal: string }>>): string {
  return Object.values(signals)
    .map(({ signal }) => `"${signal}"`)
    .join(", ");
}
