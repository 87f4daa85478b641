import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../clock.js";
import type { Ids } from "../ids.js";

/**
 * What the processes of one data folder carry in their environment. It is the same in each life of the service, so that the next
 * finds what the last has left; a copy of the folder has another mark, for its file is another one.
 */
export class LaunchMark {
  /** Of launchers and of processes that hold databases: they end their own when the service is gone. */
  readonly guardian: string;
  readonly #folder: string;

  /** To be made only by who holds the folder. @throws what the file system said */
  constructor(dataFolder: string, { clock, ids }: { readonly clock: Clock; readonly ids: Ids }) {
    mkdirSync(dataFolder, { recursive: true });
    const file = join(dataFolder, "launch-mark");
    const id = readId(file) ?? ids.next("folder", clock.now());
    if (readId(file) === null) writeFileSync(file, `${id}\n`);
    const { dev, ino } = statSync(file, { bigint: true });
    this.#folder = `${id}.${dev}.${ino}`;
    this.guardian = `${this.#folder}.guardian`;
  }

  /** Of the data folder itself, the same in each life of the service. */
  get folder(): string {
    return this.#folder;
  }

  /** Of one attempt's process: `launch` is a number that the launcher has not had before. */
  ofLaunch(launcherId: number, launch: number): string {
    return `${this.#folder}.${launcherId}.${launch}`;
  }

  /** Whether a process that carries this text is of the data folder, whatever life of the service it is from. */
  isOfFolder(text: string): boolean {
    return text.startsWith(`${this.#folder}.`);
  }
}

/** Null when there is none, or a crash left it torn: then nothing has been launched with it. */
function readId(file: string): string | null {
  try {
    return /^([\w-]+)\n$/.exec(readFileSync(file, "utf8"))?.[1] ?? null;
  } catch {
    return null;
  }
}
