import { ServiceError } from "../../errors.js";

/** Who wants a turn. */
export interface Turn {
  /** Turns go round all lines. */
  readonly line: string;
  /** For `supersede`. */
  readonly name: string;
}

/** Somebody else has come in the place of who waited. */
export class Superseded extends Error {
  readonly code = "superseded";

  constructor() {
    super("Cannot have a turn: there is newer work of the same name");
    this.name = "Superseded";
  }
}

/** In one line: what waits is small, but somebody may make any number of it. */
const WAITING_MAX = 1000;

/** Turns at what only one may have at a time: they go round the lines, and within one whoever came first is first. */
export class FairTurns {
  /** That whose turn comes next is first. */
  readonly #lines = new Map<string, Waiting[]>();
  #isTaken = false;
  readonly #onFree: (() => void)[] = [];

  /** @throws ServiceError busy when too many wait in the line, Superseded, and what `work` throws */
  async run<Result>(turn: Turn, work: () => Promise<Result>): Promise<Result> {
    if (this.#isTaken) await this.#wait(turn);
    this.#isTaken = true;
    try {
      return await work();
    } finally {
      this.#pass();
    }
  }

  /** Who waits under that name waits no more. Who has a turn keeps it. */
  supersede(name: string): void {
    for (const [line, waiting] of this.#lines) {
      const left = waiting.filter((one) => one.name !== name);
      if (left.length === 0) this.#lines.delete(line);
      else this.#lines.set(line, left);
      for (const one of waiting) if (one.name === name) one.giveUp(new Superseded());
    }
  }

  /** Resolves when nobody has a turn or waits for one. */
  async settled(): Promise<void> {
    if (this.#isTaken) await new Promise<void>((resolve) => this.#onFree.push(resolve));
  }

  #wait({ line, name }: Turn): Promise<void> {
    const waiting = this.#lines.get(line) ?? [];
    if (waiting.length >= WAITING_MAX)
      throw new ServiceError(
        "busy",
        `Cannot compare the two sides: ${WAITING_MAX} others of the repository wait for that`,
      );
    this.#lines.set(line, waiting);
    return new Promise((begin, giveUp) => waiting.push({ name, begin, giveUp }));
  }

  /** A line that has had its turn goes to the end. */
  #pass(): void {
    const [next] = this.#lines;
    if (next === undefined) {
      this.#isTaken = false;
      for (const tell of this.#onFree.splice(0)) tell();
      return;
    }
    const [line, waiting] = next;
    const first = waiting.shift();
    this.#lines.delete(line);
    if (waiting.length > 0) this.#lines.set(line, waiting);
    first?.begin();
  }
}

interface Waiting {
  readonly name: string;
  readonly begin: () => void;
  readonly giveUp: (reason: Superseded) => void;
}
