import type { AttemptResult } from "@headwater/engine";
import type { Attempt } from "#server/steps/step-context.js";
import type { Workers } from "#server/workers/workers.js";
import { never, passed, type Fate, type Life } from "./life.js";
import type { VirtualTime } from "./virtual-time.js";
import type { Witness } from "./witness.js";

export interface ScriptedWorkersOptions {
  readonly life: Life;
  readonly fate: Fate;
  readonly time: VirtualTime;
  readonly witness: Witness;
}

/** Attempts that end as their script says, after a while; they die with the service, and report as badly as workers can. */
export function scriptedWorkers({ life, fate, time, witness }: ScriptedWorkersOptions): Workers {
  return {
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    async execute(attempt, { signal: cancel }, onStarted) {
      life.point();
      if (!life.isAlive) return never();
      witness.began(attempt);
      const result = await Promise.race([end(attempt), canceled(cancel)]);
      if (!life.isAlive) return never();
      witness.ended(attempt);
      // A report of the beginning may come twice, and after that of the end.
      if (fate.random() < 0.1) time.after(10, () => life.isAlive && onStarted());
      life.point();
      return life.isAlive ? result : never();

      async function end({ runId, path }: Attempt): Promise<AttemptResult> {
        const outcome = outcomeOf(path, witness.resultsOf(runId, path));
        await passed(time, Math.floor(fate.random() * 500));
        if (life.isAlive && fate.random() < 0.9) onStarted();
        await passed(time, Math.floor(fate.random() ** 4 * 120_000));
        return outcome;
      }
    },
  };

  async function canceled(cancel: AbortSignal): Promise<AttemptResult> {
    if (!cancel.aborted)
      await new Promise((resolve) => cancel.addEventListener("abort", resolve, { once: true }));
    await passed(time, Math.floor(fate.random() * 6000));
    return { status: "canceled" };
  }
}

/** Steps are named after what their attempts do. @param before how many results of the step are on record */
export function outcomeOf(path: string, before: number): AttemptResult {
  const name = path.slice(path.lastIndexOf(".") + 1);
  if (name.startsWith("bad")) return failed("error");
  if (name.startsWith("slow_start") && before < 2) return failed("timeout");
  if (name.startsWith("shaky") && before < 1) return failed("error");
  if (name.startsWith("lost") && before < 3) return failed("platform");
  return { status: "succeeded", outputs: name.startsWith("count") ? { rows: 3 } : {} };
}

function failed(kind: "error" | "platform" | "timeout"): AttemptResult {
  return { status: "failed", class: kind, message: `went wrong: ${kind}`, retryable: true };
}
