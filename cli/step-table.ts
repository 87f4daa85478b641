import type { Step } from "@headwater/api";
import type { Style } from "./style.js";
import { plain, renderTable } from "./table.js";
import { tookText } from "./time-text.js";

/** The steps of a run as a table: state, attempts, duration and what there is to say. */
export function renderSteps(steps: readonly Step[], style: Style, columns: number): string {
  const rows = steps.map((step) => [
    plain(step.path),
    style.status(step.status),
    step.attempt === 0 ? "" : String(step.attempt),
    tookText(step.startedAt, step.endedAt),
    plain([iterationsText(step), step.reason ?? ""].filter((part) => part !== "").join("; ")),
  ]);
  return renderTable(["STEP", "STATE", "ATTEMPTS", "TOOK", "NOTE"], rows, columns);
}

function iterationsText({ iterations }: Step): string {
  if (iterations === null) return "";
  const { total, succeeded, failed, skipped, running } = iterations;
  const parts = [
    `${succeeded} of ${total} succeeded`,
    failed > 0 ? `${failed} failed` : "",
    skipped > 0 ? `${skipped} skipped` : "",
    running > 0 ? `${running} running` : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}
