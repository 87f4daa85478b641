import type { Clock } from "../../clock.js";
import { Compiler, type Comparison } from "./compiler-process.js";
import type { Turn } from "./fair-turns.js";
import type { Judgement } from "./judgement.js";

/** A comparison to be made. */
export interface CompareTurn extends Turn {
  /** Whoever has written it may write to the repository. */
  readonly isTrusted: boolean;
}

export interface CompilersOptions {
  readonly clock: Clock;
  /** How long one comparison of a fork may have the processor. Default 30 s. */
  readonly forkMsMax?: number;
}

const TRUSTED = { cpuMs: 60_000, memoryMegabytes: 2048 };
/** See docs/decisions/0037-forks-wait-for-forks.md. */
const FORK_MS_MAX = 30_000;
const FORK_MEGABYTES = 1024;

/**
 * A process for what those propose who may write to the repository, and another one for all others: a fork that takes all that it may
 * holds up forks alone. They share nothing, so that what a fork has ended is compiled anew for forks alone, too.
 */
export class Compilers {
  readonly #trusted: Compiler;
  readonly #forks: Compiler;

  constructor({ clock, forkMsMax = FORK_MS_MAX }: CompilersOptions) {
    this.#trusted = new Compiler({ clock, ...TRUSTED });
    this.#forks = new Compiler({ clock, cpuMs: forkMsMax, memoryMegabytes: FORK_MEGABYTES });
  }

  /** See `Compiler.compare`. */
  compare({ isTrusted, ...turn }: CompareTurn, read: () => Promise<Comparison>): Promise<Judgement> {
    return (isTrusted ? this.#trusted : this.#forks).compare(turn, read);
  }

  /** See `FairTurns.supersede`. */
  supersede(name: string): void {
    for (const compiler of [this.#trusted, this.#forks]) compiler.supersede(name);
  }

  /** Ends both. */
  async stop(): Promise<void> {
    await Promise.all([this.#trusted.stop(), this.#forks.stop()]);
  }
}
