import type { Clock } from "../clock.js";
import type { Verdict } from "./verdict.js";

/** A head as it is: who asks makes it no lighter. */
export interface Head {
  readonly repositoryId: string;
  readonly treeId: string;
  readonly isTrusted: boolean;
}

interface HeavyHead {
  readonly verdict: Verdict;
  readonly base: string | null;
  readonly endsAt: number;
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
  readonly #heads = new Map<string, HeavyHead>();

  constructor(clock: Pick<Clock, "steady">) {
    this.#clock = clock;
  }

  /** What was said of it; null when nothing is known of it and that head of its branch. */
  find(head: Head, base: string): Verdict | null {
    const known = this.#heads.get(keyOf(head));
    if (known === undefined || known.endsAt <= this.#clock.steady()) return null;
    return known.base === null || known.base === base ? known.verdict : null;
  }

  /** @param heavy with the head of the branch for which it is too much; null for any */
  add(head: Head, heavy: Omit<HeavyHead, "endsAt">): void {
    const key = keyOf(head);
    this.#heads.delete(key);
    this.#heads.set(key, { ...heavy, endsAt: this.#clock.steady() + REMEMBERED_MS });
    const [oldest] = this.#heads.keys();
    if (this.#heads.size > HEADS_MAX && oldest !== undefined) this.#heads.delete(oldest);
  }
}

function keyOf({ repositoryId, treeId, isTrusted }: Head): string {
  return `${repositoryId} ${treeId} ${isTrusted}`;
}
