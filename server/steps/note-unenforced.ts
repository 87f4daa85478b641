import type { StepResources } from "@headwater/workflow";
import { appendLogLine } from "../logs/append-line.js";

/**
 * Says in the log which resources nothing holds a plain process to; an engine of containers holds its own to them. Memory is held where
 * the launcher can look it up, processors where there are control groups to be had.
 */
export async function noteUnenforced(
  logFile: string,
  now: number,
  { cpu, gpu }: Pick<StepResources, "cpu" | "gpu">,
): Promise<void> {
  const given = Object.entries({ cpu, gpu }).filter(([, value]) => value !== null);
  if (given.length === 0) return;
  const named = given.map(([name, value]) => `${name} ${value}`).join(", ");
  await appendLogLine(logFile, now, `not enforced without an image: resources of ${named}`);
}
