import type { Json } from "../types/json.js";
import type { Downstream } from "./downstream.js";
import type { ReachChange } from "./reach.js";
import type { ScheduleChange } from "./schedule-change.js";
import type { ScheduleLoad } from "./schedule-load.js";
import type { SettingChange } from "./settings-change.js";

/** What a change of a project changes, as plain data. Instants are RFC 3339 texts. */
export interface Plan {
  /** When the switch from before to after is thought to happen, in UTC. */
  readonly at: string;
  readonly summary: PlanSummary;
  /** Of the whole project, in the order of `headwater.yaml`. */
  readonly settings: readonly SettingChange[];
  /** Sorted by id; those that stay as they are left out. */
  readonly workflows: readonly WorkflowChange[];
  /** What is gained comes first. */
  readonly reach: readonly ReachChange[];
  readonly load: ScheduleLoad;
  /** Of the whole project after the change. */
  readonly findings: PlanFindings;
}

/** How many workflows of each kind; `changed` also counts those that got another file on the way. */
export interface PlanSummary {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** The same workflow in another file, and nothing else. */
  readonly renamed: number;
  readonly unchanged: number;
}

export interface WorkflowChange {
  readonly id: string;
  readonly change: "added" | "changed" | "removed" | "renamed";
  /** Its file; null on the side where there is no such workflow. */
  readonly path: { readonly before: string | null; readonly after: string | null };
  /** Of an added one: the removed workflow of the same file or of the same meaning, whose history it does not go on with. */
  readonly replaces: string | null;
  /** Whether runs from now on are of another version; else what changed takes effect for queued runs at once. */
  readonly makesVersion: boolean;
  /**
   * Files without which the two sides cannot be compared, before or after the change: templates or texts that cannot be read.
   * Not empty: nobody knows whether anything changed, so nothing is told of it and `makesVersion` is false. Sorted.
   */
  readonly unread: readonly string[];
  /** Of a workflow that was added or removed only its triggers but for the schedules: all of it was. */
  readonly edits: readonly Edit[];
  readonly schedules: readonly ScheduleChange[];
  readonly downstream: readonly Downstream[];
}

/** One difference of meaning, in the words of the file. */
export interface Edit {
  readonly change: "added" | "changed" | "removed";
  readonly part: EditedPart;
  /** What of the part, as `retry.errors`; null when it is the whole part. */
  readonly key: string | null;
  /** As the file would say it; null on the side where there is none. */
  readonly before: Json;
  readonly after: Json;
  /** Belongs to operation: makes no version and takes effect for queued runs at once. */
  readonly isOperational: boolean;
}

/** What an edit is about: the workflow itself, or one of its named parts. A nested step's name is like `load.copy`. */
export interface EditedPart {
  readonly kind: "workflow" | "param" | "trigger" | "step";
  /** Empty for the workflow itself. */
  readonly name: string;
}

export interface PlanFindings {
  readonly errors: number;
  readonly warnings: number;
  /** The first errors, each with its place. */
  readonly first: readonly PlanFinding[];
  /** Warnings that were not there before the change: how many, and the first of them. */
  readonly newWarnings: { readonly count: number; readonly first: readonly PlanFinding[] };
}

export interface PlanFinding {
  readonly file: string;
  /** From 1; null where nobody has the text of the file. */
  readonly line: number | null;
  readonly column: number | null;
  readonly code: string;
  readonly message: string;
}
