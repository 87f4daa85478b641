import type { Run } from "@headwater/api";
import { plain } from "./table.js";

/** How a run has ended, and why: such as `has failed: load: exited with code 1`. */
export function endText(status: Run["status"], reason: string | null): string {
  const verb = status === "failed" || status === "succeeded" ? "has" : "is";
  return `${verb} ${status.replaceAll("_", " ")}${reason === null ? "" : `: ${plain(reason)}`}`;
}
