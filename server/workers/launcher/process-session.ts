import { signalGroup } from "../../processes/process-group.js";
import type { ProcessTable } from "./process-table.js";

const SHORTEST_POLL_MS = 2;
const LONGEST_POLL_MS = 100;
/** After SIGKILL nothing of the session runs any more; one that stays longer hangs in the kernel or waits to be reaped. */
const LONGEST_WAIT_AFTER_KILL_MS = 5000;

/**
 * All that descends from one process and has not left its session, in whatever groups: shells with job control and
 * `timeout` of coreutils make some of their own. Where there is no /proc only the group of the first process is known.
 */
export class ProcessSession {
  readonly #id: number;
  readonly #table: ProcessTable;

  /** @param id of the process that leads the session and its first group; it may have ended */
  constructor(id: number, table: ProcessTable) {
    this.#id = id;
    this.#table = table;
  }

  /** Whether any process of the first group is there, dead or alive: it costs one call of the kernel. */
  get hasFirstGroup(): boolean {
    return signalGroup(this.#id, 0);
  }

  /**
   * Ends it: SIGTERM, after `killAfterMs` SIGKILL. Resolves when it is gone. A second call only shortens the wait.
   * `onStubborn` is told before SIGKILL is sent.
   */
  async end(killAfterMs: number, onStubborn: () => void = () => undefined): Promise<void> {
    // At once, also where many end at the same time; the other groups have to be found first.
    signalGroup(this.#id, "SIGTERM");
    const groups = await this.#livingGroups();
    for (const group of groups) if (group !== this.#id) signalGroup(group, "SIGTERM");
    if (groups.length === 0 || (await this.#isGoneWithin(killAfterMs, 0))) return;
    onStubborn();
    await this.#isGoneWithin(LONGEST_WAIT_AFTER_KILL_MS, "SIGKILL");
  }

  /** The kernel tells nobody when a session ends, so it is asked, at first often; with a signal for whoever is found. */
  async #isGoneWithin(limitMs: number, signal: NodeJS.Signals | 0): Promise<boolean> {
    const deadline = performance.now() + limitMs;
    for (let pollMs = SHORTEST_POLL_MS; ; pollMs = Math.min(pollMs * 2, LONGEST_POLL_MS)) {
      const groups = await this.#livingGroups();
      if (groups.length === 0) return true;
      for (const group of groups) signalGroup(group, signal);
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) return false;
      await new Promise((resolve) => setTimeout(resolve, Math.min(pollMs, leftMs)));
    }
  }

  async #livingGroups(): Promise<readonly number[]> {
    const processes = await this.#table.read();
    if (processes === null) return this.hasFirstGroup ? [this.#id] : [];
    const own = processes.filter(({ sessionId, isLiving }) => sessionId === this.#id && isLiving);
    return [...new Set(own.map(({ groupId }) => groupId))];
  }
}
