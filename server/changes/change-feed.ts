/** Something that people watch has changed, in words that outlive the process: what, which one, and its new status. */
export type Change =
  | {
      readonly kind: "run";
      readonly runId: string;
      readonly project: string;
      readonly workflow: string;
      readonly number: number;
      readonly status: string;
    }
  | {
      readonly kind: "step";
      readonly runId: string;
      readonly path: string;
      readonly status: string;
      readonly attempt: number;
    }
  | {
      readonly kind: "deployment";
      readonly repositoryId: string;
      readonly project: string | null;
      readonly commit: string;
      readonly status: string;
    }
  | { readonly kind: "repository"; readonly repositoryId: string }
  | {
      readonly kind: "workflow";
      readonly project: string;
      readonly environment: string;
      readonly workflow: string;
      readonly status: "paused" | "active";
    }
  | {
      readonly kind: "backfill";
      readonly backfillId: string;
      readonly project: string;
      readonly environment: string;
      readonly workflow: string;
      readonly status: string;
    };

/** `id` is `<boot>-<number>`: a reader that comes back with it goes on where it was, if the process is the same. */
export interface PublishedChange {
  readonly id: string;
  readonly change: Change;
}

export interface ChangeFeed {
  publish(changes: readonly Change[]): void;
  /**
   * Calls `listener` for every change after `lastId`, first those still remembered, in order; returns how to stop.
   * When `lastId` is no longer known `listener` first gets null, and nothing of what is remembered: the reader must load
   * everything anew, and that is in it.
   */
  subscribe(lastId: string | null, listener: (change: PublishedChange | null) => void): () => void;
  /** The id after which the next change comes. */
  position(): string;
}

/** @param options.remembered how many changes a reader may be behind; @param options.boot a name of this process's life */
export function createChangeFeed(options: {
  readonly boot: string;
  readonly remembered: number;
}): ChangeFeed {
  const recent: PublishedChange[] = [];
  const listeners = new Set<(change: PublishedChange | null) => void>();
  let published = 0;
  return {
    publish(changes) {
      for (const change of changes) {
        published += 1;
        const entry = { id: `${options.boot}-${published}`, change };
        recent.push(entry);
        for (const listener of listeners) listener(entry);
      }
      if (recent.length > 2 * options.remembered) recent.splice(0, recent.length - options.remembered);
    },
    subscribe(lastId, listener) {
      if (lastId !== null) for (const entry of entriesAfter(lastId)) listener(entry);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    position,
  };

  function position(): string {
    return `${options.boot}-${published}`;
  }

  function entriesAfter(lastId: string): readonly (PublishedChange | null)[] {
    if (lastId === position()) return [];
    const index = recent.findIndex((entry) => entry.id === lastId);
    return index === -1 ? [null] : recent.slice(index + 1);
  }
}
