/** What the attempts of a step are counted by: its path in the whole simulation, and the run that it is a step of. */
export interface CountedAttempt {
  readonly name: string;
  readonly run: object;
  /** Its number in that run. */
  readonly attempt: number;
}

interface Counted {
  readonly run: object;
  /** Attempts of the runs before this one. */
  readonly before: number;
  readonly highest: number;
}

/**
 * Counts the attempts of steps over all runs of one place: a step that runs a workflow, and is tried again, runs it anew, and
 * whoever says what its steps do thinks of one list of attempts.
 */
export class AttemptNumbers {
  readonly #counted = new Map<string, Counted>();

  /** The number of an attempt among those of all runs of its place, from 1. Runs of one place follow each other. */
  numberOf({ name, run, attempt }: CountedAttempt): number {
    const last = this.#counted.get(name);
    const before = last === undefined ? 0 : last.run === run ? last.before : last.before + last.highest;
    const highest = last?.run === run ? Math.max(last.highest, attempt) : attempt;
    this.#counted.set(name, { run, before, highest });
    return before + attempt;
  }
}
