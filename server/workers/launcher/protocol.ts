import { isMessage } from "../../steps/channel-message.js";
import type { ProcessCommand, ProcessExit } from "../../steps/process-host.js";

/** What the service tells a launcher. Both sides are of one build; the launcher still drops what it does not know. */
export type LauncherRequest =
  | { readonly kind: "start"; readonly id: number; readonly command: ProcessCommand }
  /** SIGTERM to the group now, SIGKILL after the command's `killAfterMs`. */
  | { readonly kind: "stop"; readonly id: number };

/** What a launcher tells the service. */
export type LauncherReport =
  /** `processId` is also the id of the group, so that the service can kill it when the launcher dies. */
  | { readonly kind: "started"; readonly id: number; readonly processId: number }
  /** The group is gone and the log is complete. */
  | { readonly kind: "ended"; readonly id: number; readonly exit: ProcessExit }
  /** The operating system refused to start it; `errno` such as `E2BIG`. */
  | { readonly kind: "refused"; readonly id: number; readonly errno: string; readonly message: string };

/** Null for anything that is not a request. */
export function parseLauncherRequest(message: unknown): LauncherRequest | null {
  return isMessage<LauncherRequest>(message, ["start", "stop"]) ? message : null;
}

/** Null for anything that is not a report. */
export function parseLauncherReport(message: unknown): LauncherReport | null {
  return isMessage<LauncherReport>(message, ["started", "ended", "refused"]) ? message : null;
}
