import type { Clock } from "../clock.js";
import type { Verdict } from "./verdict.js";

/** A head as it is: neither where it is to be merged nor who asks makes it any lighter. */
export interface Head {
  readonly repositoryId: string;
  readonly treeId: string;
  readonly isTrusted: boolean;
}

const REMEMBERED_MS = 3_600_000;
const HEADS_MAX = 10_000;

/**
 * Heads that were too much: for an hour that is not found out again, however often somebody asks, or their branch moves. A service that
 * is started anew, perhaps as another version, tries each once more.
 */
export class HeavyHeads {
  readonly #clock: Pick<Clock, "steady">;
  /** The oldest first. */
  readonly #heads = new Map<string, { readonly verdict: Verdict; readonly endsAt: number }>();

  constructor(clock: Pick<Clock, "steady">) {
    this.#clock = clock;
  }

  /** What was said of it; null when nothing is known. */
  find(head: Head): Verdict | null {
    const known = this.#heads.get(keyOf(head));
    return known === undefined || known.endsAt <= this.#clock.steady() ? null : known.verdict;
  }

  add(head: Head, verdict: Verdict): void {
    const key = keyOf(head);
    this.#heads.delete(key);
    this.#heads.set(key, { verdict, endsAt: this.#clock.steady() + REMEMBERED_MS });
    const [oldest] = this.#heads.keys();
    if (this.#heads.size > HEADS_MAX && oldest !== undefined) this.#heads.delete(oldest);
  }
}

function keyOf({ repositoryId, treeId, isTrusted }: Head): string {
  return `${repositoryId} ${treeId} ${isTrusted}`;
}
