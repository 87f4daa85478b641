import { join } from "node:path";
import { createChangeFeed } from "#server/changes/change-feed.js";
import { systemIds } from "#server/ids.js";
import type { Log } from "#server/log.js";
import { createSource, type SourceOptions } from "#server/source/create-source.js";
import type { OnCommit, Source } from "#server/source/source.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import type { RepositoryRow, Store } from "#server/store/store.js";
import { ManualClock } from "../manual-clock.js";
import { scratchFolder, ScratchRepository } from "./scratch-repository.js";

export const POLL_MS = 5000;

/** A source on a data folder of its own, a repository to follow, and all that the source told. */
export interface SourceWorld {
  readonly store: Store;
  readonly source: Source;
  readonly folder: string;
  readonly dataFolder: string;
  readonly origin: ScratchRepository;
  readonly clock: ManualClock;
  /** Commits in the order in which they were announced. */
  readonly announced: string[];
  readonly warnings: string[];
  row(): Promise<RepositoryRow>;
  /** Resolves when the condition holds; it is asked again at every change that the source publishes or announces. */
  until(holds: () => boolean | Promise<boolean>): Promise<void>;
  /** Lets the time pass until the next poll is due, whatever the jitter. */
  passPollInterval(): void;
  /** A second life of the service on the same data folder. */
  restart(): Promise<void>;
  end(): Promise<void>;
}

export async function createSourceWorld(
  options: { readonly onCommit?: OnCommit; readonly source?: Partial<SourceOptions> } = {},
): Promise<SourceWorld> {
  const scratch = await scratchFolder();
  const dataFolder = join(scratch.folder, "data");
  const origin = await ScratchRepository.create(join(scratch.folder, "hosts", "flows.git"));
  const clock = new ManualClock(Date.UTC(2026, 10, 23));
  const feed = createChangeFeed({ boot: "test", remembered: 10 });
  const store = createSqliteStore({ dataFolder, clock });
  await store.start();
  const announced: string[] = [];
  const warnings: string[] = [];
  const listeners = new Set<() => void>();
  const tell = (): void => listeners.forEach((listener) => listener());
  feed.subscribe(null, tell);
  const create = (): Source =>
    createSource({
      dataFolder,
      store,
      clock,
      feed,
      ids: systemIds,
      pollIntervalMs: POLL_MS,
      environment: process.env,
      log: collectWarnings(warnings),
      ...options.source,
      onCommit: async (commit) => {
        await options.onCommit?.(commit);
        announced.push(commit.commit);
        tell();
      },
    });
  const world = {
    store,
    source: create(),
    folder: scratch.folder,
    dataFolder,
    origin,
    clock,
    announced,
    warnings,
    row: async () => (await store.listRepositories())[0]!,
    until: (holds: () => boolean | Promise<boolean>) =>
      new Promise<void>((resolve, reject) => {
        const check = async (): Promise<void> => {
          if (!(await holds())) return;
          listeners.delete(listen);
          resolve();
        };
        const listen = (): void => void check().catch(reject);
        listeners.add(listen);
        listen();
      }),
    passPollInterval: () => clock.advance(POLL_MS * 1.2),
    restart: async () => {
      await world.source.stop();
      // In its place before it starts: what it announces meanwhile is asked of it, not of the one before.
      world.source = create();
      await world.source.start();
    },
    end: async () => {
      await world.source.stop();
      await store.stop();
      await scratch.remove();
    },
  };
  await world.source.start();
  return world;
}

function collectWarnings(warnings: string[]): Log {
  const keep = (message: string, fields: object = {}): void =>
    void warnings.push(`${message} ${JSON.stringify(fields)}`);
  return { info: () => undefined, warn: keep, error: keep };
}
