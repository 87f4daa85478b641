import { createTestTools } from "@headwater/engine";
import type { Store } from "#server/store/store.js";
import { ExpectedRuns } from "./expected-runs.js";
import { createMemoryStore } from "./memory-store.js";
import { simulateSeed, timeOfSeed, type SeedReport } from "./simulate-seed.js";
import { deploySimulatedProject, type SimulatedProject } from "./simulated-project.js";

/** Plays seeds, each in a world of its own, on a project that is deployed once. */
export class SeedPlayer {
  readonly #project: SimulatedProject;
  readonly #expected: ExpectedRuns;
  readonly #clock: MovedClock;
  readonly #tools = createTestTools();
  #played = 0;

  private constructor(project: SimulatedProject, clock: MovedClock) {
    this.#project = project;
    this.#clock = clock;
    const { versions } = project.deployed;
    this.#expected = new ExpectedRuns(new Map([...versions].map(([id, { definition }]) => [id, definition])));
  }

  static async open(): Promise<SeedPlayer> {
    const clock = new MovedClock();
    return new SeedPlayer(await deploySimulatedProject(clock, clock.now()), clock);
  }

  /** @throws SeedFailed when an invariant does not hold */
  inMemory(seed: number): Promise<SeedReport> {
    return this.#play(seed, createMemoryStore(this.#project.deployed));
  }

  /** The same on the store that people use. @throws SeedFailed when an invariant does not hold */
  async onDisk(seed: number): Promise<SeedReport> {
    await this.#project.reset();
    return this.#play(seed, this.#project.store);
  }

  close(): Promise<void> {
    return this.#project.remove();
  }

  async #play(seed: number, store: Store): Promise<SeedReport> {
    const time = timeOfSeed();
    this.#clock.time = time;
    this.#played += 1;
    const { dataFolder, deployed } = this.#project;
    try {
      return await simulateSeed(seed, {
        store,
        dataFolder,
        versions: deployed.versions,
        time,
        expected: this.#expected,
        tools: this.#tools,
        play: this.#played,
      });
    } catch (error) {
      throw new SeedFailed(seed, error);
    }
  }
}

/** The clock of the store on the disk, which sees one world after the other. */
class MovedClock {
  time = timeOfSeed();

  now(): number {
    return this.time.now();
  }

  steady(): number {
    return this.time.steady();
  }

  after(delayMs: number, callback: () => void): () => void {
    return this.time.after(delayMs, callback);
  }

  afterTurn(callback: () => void): void {
    this.time.afterTurn(callback);
  }
}

/** Says how to see it again. */
export class SeedFailed extends Error {
  readonly code = "seed-failed";

  constructor(seed: number, cause: unknown) {
    super(
      `seed ${seed} fails; replay it with: SEED=${seed} npm test -- -g "under a seed"\n${String(cause)}`,
      {
        cause,
      },
    );
  }
}
