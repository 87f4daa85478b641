import { schedule } from "node-cron";
import type { HousekeepingOptions } from "./housekeeping-options.js";
import { pruneDeployments } from "./prune-deployments.js";
import { pruneAlerts } from "./prune-alerts.js";
import { pruneLogs } from "./prune-logs.js";
import { pruneRemembered } from "./prune-remembered.js";
import { pruneRuns } from "./prune-runs.js";
import { pruneSignals } from "./prune-signals.js";
import { pruneVersions } from "./prune-versions.js";

/** At night, when few watch. One fixed time of the machine is what node-cron serves well; authors' schedules are the triggers' work. */
const NIGHTLY = "17 3 * * *";

/** A service that is up by day only would never see a night. */
const AFTER_START_MS = 10 * 60_000;

/**
 * Throws away what is older than operators want it kept: runs with all that belongs to them, signals, what steps have left for others,
 * logs, deployments, versions, and the commits of mirrors that nothing of it needs. Each part goes on where it was when the one before it fails; what is not done is done the next time.
 */
export function createHousekeeping(options: HousekeepingOptions): {
  start(): Promise<void>;
  stop(): Promise<void>;
} {
  let stopping = new AbortController();
  let pruning: Promise<void> | null = null;
  let tidying: Promise<void> | null = null;
  /** Mirrors may take longer than until the next night, in which all else is done again. */
  const work = async (): Promise<void> => {
    await (pruning ??= pruneStore(options, stopping.signal).finally(() => (pruning = null)));
    tidying ??= tidyMirrors(options, stopping.signal).finally(() => (tidying = null));
  };
  const task = schedule(NIGHTLY, work, { name: "housekeeping", noOverlap: true });
  void task.stop();
  let cancelFirst = (): void => undefined;
  return {
    start: async () => {
      stopping = new AbortController();
      cancelFirst = options.clock.after(AFTER_START_MS, () => void work());
      await task.start();
    },
    stop: async () => {
      cancelFirst();
      stopping.abort();
      await task.destroy();
      await pruning;
      await tidying;
    },
  };
}

/** Every part once, until it is stopped. */
export async function pruneAll(options: HousekeepingOptions, stop: AbortSignal): Promise<void> {
  await pruneStore(options, stop);
  await tidyMirrors(options, stop);
}

/** Runs go before their logs: those of runs that are gone are known by it. */
function pruneStore(options: HousekeepingOptions, stop: AbortSignal): Promise<void> {
  return doEach(options, stop, {
    "old runs": () => pruneRuns(options, stop),
    "old signals": () => pruneSignals(options, stop),
    "what steps have left for others": () => pruneRemembered(options, stop),
    "old alerts": () => pruneAlerts(options, stop),
    "the logs of old runs": () => pruneLogs(options, stop),
    "old deployments": () => pruneDeployments(options, stop),
    "old versions": () => pruneVersions(options, stop),
  });
}

function tidyMirrors(options: HousekeepingOptions, stop: AbortSignal): Promise<void> {
  return doEach(options, stop, {
    "commits that nobody needs": async () => {
      const commits = await options.source.tidy(stop);
      if (commits > 0) options.log.info("removed commits from mirrors", { commits });
    },
  });
}

async function doEach(
  { log }: HousekeepingOptions,
  stop: AbortSignal,
  parts: Readonly<Record<string, () => Promise<unknown>>>,
): Promise<void> {
  for (const [what, part] of Object.entries(parts)) {
    if (stop.aborted) return;
    try {
      await part();
    } catch (error) {
      log.warn(`cannot remove ${what}`, { reason: String(error) });
    }
  }
}
