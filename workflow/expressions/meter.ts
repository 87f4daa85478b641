/** What one evaluation may spend; a step is one operation, or a bite of the data that an operation reads or makes. */
const STEPS_MAX = 500_000;
const TEXT_LENGTH_MAX = 1_048_576;
const LIST_LENGTH_MAX = 100_000;
/** Elements weigh 8 bytes, characters 1. */
const RESULT_BYTES_MAX = 4_194_304;
/** As many as are kept at hand, so that none is made again and again. */
const PATTERNS_MAX = 200;
const BYTES_A_STEP = 64;
const ELEMENT_BYTES = 8;

/** Thrown through the CEL library when an evaluation may not go on; no operator of CEL may swallow it. */
export class BudgetExceeded extends Error {
  readonly code = "EXPRESSION_BUDGET";
}

/** Counts what one evaluation at a time spends. One evaluator owns one meter and restarts it for every evaluation. */
export class Meter {
  #left = 0;
  // Values that an expression builds may share parts (`[a, a]` of `[b, b]` ...), so each is weighed once.
  readonly #weights = new Map<object, number>();
  readonly #paid = new Set<string>();

  restart(): void {
    this.#left = STEPS_MAX;
    this.#weights.clear();
    this.#paid.clear();
  }

  /** @throws BudgetExceeded when that is more than is left */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new BudgetExceeded(`Expression takes too long: more than ${STEPS_MAX} steps`);
  }

  /** Charges for what is made once in an evaluation, such as the program of a pattern. @throws BudgetExceeded */
  spendOnce(what: string, steps: number): void {
    if (this.#paid.has(what)) return;
    this.#paid.add(what);
    if (this.#paid.size > PATTERNS_MAX)
      throw new BudgetExceeded(`Expression uses more than ${PATTERNS_MAX} different patterns`);
    this.spend(steps);
  }

  /** Charges for an operation that may read all of a value, however deep. @throws BudgetExceeded */
  spendOn(value: unknown): void {
    if (typeof value === "string" || (typeof value === "object" && value !== null)) {
      this.spend(this.#weigh(value) / BYTES_A_STEP);
    }
  }

  /** Refuses values that are too large to go on with; looks at the top level only. @throws BudgetExceeded */
  checkSize(value: unknown): void {
    if (typeof value === "string" && value.length > TEXT_LENGTH_MAX) {
      throw new BudgetExceeded(`Expression makes a text of more than ${TEXT_LENGTH_MAX} characters`);
    }
    if (Array.isArray(value) && value.length > LIST_LENGTH_MAX) {
      throw new BudgetExceeded(`Expression makes a list of more than ${LIST_LENGTH_MAX} elements`);
    }
  }

  /** Refuses a result that would be too large once written out. @throws BudgetExceeded */
  checkResult(value: unknown): void {
    if (this.#weigh(value) > RESULT_BYTES_MAX) {
      throw new BudgetExceeded(`Expression gives a value of more than ${RESULT_BYTES_MAX} bytes`);
    }
  }

  #weigh(value: unknown): number {
    if (typeof value === "string") return ELEMENT_BYTES + value.length;
    if (typeof value !== "object" || value === null) return ELEMENT_BYTES;
    const known = this.#weights.get(value);
    if (known !== undefined) return known;
    let bytes = ELEMENT_BYTES;
    for (const part of Object.values(value)) bytes += this.#weigh(part);
    this.#weights.set(value, bytes);
    return bytes;
  }
}
