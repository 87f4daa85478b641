import { dottedPath } from "@headwater/engine";
import type { AttemptName, CacheQuestion, RunEvent } from "@headwater/engine";
import type { Clock } from "../clock.js";
import type { Log } from "../log.js";
import type { RunRow, Store } from "../store/store.js";

export interface RememberedOutputsOptions {
  readonly store: Pick<Store, "findRemembered">;
  readonly clock: Clock;
  readonly log: Log;
  readonly post: (runId: string, event: RunEvent) => void;
}

/** Looks for what earlier runs have left, before an attempt that may be unnecessary. */
export class RememberedOutputs {
  readonly #options: RememberedOutputsOptions;
  /** The attempts for which the store is being asked. */
  readonly #asking = new Set<string>();

  constructor(options: RememberedOutputsOptions) {
    this.#options = options;
  }

  /** Answers `cached`, or begins the attempt when there is nothing, or it cannot be read. */
  ask(run: RunRow, attempt: AttemptName & { readonly cache: CacheQuestion }, begin: () => void): void {
    const key = keyOf(run, attempt);
    this.#asking.add(key);
    void this.#find(run, attempt).then((event) => {
      if (!this.#asking.delete(key)) return;
      if (event === null) begin();
      else this.#options.post(run.id, event);
    });
  }

  /** The attempt is not wanted any more; false when it has begun, or was answered. */
  withdraw(run: RunRow, attempt: AttemptName): boolean {
    return this.#asking.delete(keyOf(run, attempt));
  }

  async #find(
    { project, environment, workflow, id }: RunRow,
    { path, attempt, cache: { key, ttlMs } }: AttemptName & { readonly cache: CacheQuestion },
  ): Promise<RunEvent | null> {
    const { store, clock, log } = this.#options;
    const since = ttlMs === null ? 0 : clock.now() - ttlMs;
    try {
      const query = { project, environment, workflow, step: dottedPath(path), key, since };
      const found = await store.findRemembered(query);
      if (found === null) return null;
      const from = `from run ${found.runNumber} of ${new Date(found.at).toISOString()}`;
      return { kind: "cached", path, attempt, outputs: found.outputs, from };
    } catch (error) {
      log.warn("a cache could not be read, so the step runs", { run: id, step: path, error: String(error) });
      return null;
    }
  }
}

function keyOf({ id }: RunRow, { path, attempt }: AttemptName): string {
  return `${id} ${path} ${attempt}`;
}
