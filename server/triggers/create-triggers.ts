import { Loop } from "../loop.js";
import { ScheduleFirer } from "./schedule-firer.js";
import { SignalMatcher } from "./signal-matcher.js";
import { takeInTimeZones } from "./time-zone-changes.js";
import type { Triggers, TriggersOptions } from "./triggers.js";

/** The triggers of this service; see `Triggers`. All schedules together cost one timer: that of the earliest. */
export function createTriggers(options: TriggersOptions): Triggers {
  return new LocalTriggers(options);
}

class LocalTriggers implements Triggers {
  readonly #options: TriggersOptions;
  readonly #firer: ScheduleFirer;
  readonly #matcher: SignalMatcher;
  readonly #schedules: Loop;
  readonly #signals: Loop;
  #stopping = false;

  constructor(options: TriggersOptions) {
    this.#options = options;
    this.#firer = new ScheduleFirer(options);
    this.#matcher = new SignalMatcher(options);
    const { clock, log } = options;
    this.#schedules = new Loop({ name: "schedules", clock, log, round: () => this.#fireDue() });
    this.#signals = new Loop({ name: "signals", clock, log, round: () => this.#matchNew() });
  }

  async start(): Promise<void> {
    const { timeZoneData } = this.#options;
    if (timeZoneData !== undefined) await takeInTimeZones(this.#options, timeZoneData);
    this.#schedules.wake();
    this.#signals.wake();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all([this.#schedules.stop(), this.#signals.stop()]);
  }

  wakeSchedules(): void {
    this.#schedules.wake();
  }

  wakeSignals(): void {
    this.#signals.wake();
  }

  async #fireDue(): Promise<number | null> {
    while (!this.#stopping) {
      const fired = await this.#firer.fireNext();
      if (fired === null) return this.#options.store.nextScheduleAt();
      if (fired.hasEnded) this.#signals.wake();
    }
    return null;
  }

  async #matchNew(): Promise<null> {
    while (!this.#stopping && (await this.#matcher.matchNext()));
    return null;
  }
}
