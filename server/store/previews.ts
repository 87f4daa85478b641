import type { Json } from "@headwater/workflow";
import type { RunRow } from "./run-row.js";
import type { VersionRow } from "./version-row.js";

/** The version of a pull request that was asked to run, in an environment of its own. A later one takes its place. */
export interface PreviewRow {
  readonly repositoryId: string;
  /** The number of the pull request. */
  readonly change: number;
  readonly project: string;
  /** See `previewEnvironment`. */
  readonly environment: string;
  readonly commit: string;
  readonly workflow: string;
  /** The run that was asked for. */
  readonly runId: string;
  /** Where its host has it, as `server/review` has written it. */
  readonly place: Json;
  /** The pull request is closed: what was made for it is to be thrown away. */
  readonly isEnding: boolean;
}

/** What pull requests have run here before they are merged. */
export interface Previews {
  /** With the versions that its runs may use, which replace none: the run's own and those of the workflows that it runs. */
  savePreview(preview: PreviewRow, versions: readonly VersionRow[]): Promise<void>;
  listPreviews(): Promise<readonly PreviewRow[]>;
  /** From now on it is ending. Nothing when there is none. */
  endPreview(of: Pick<PreviewRow, "repositoryId" | "change">): Promise<void>;
  /** Nothing is left of it but its runs, which go as all runs do. */
  removePreview(of: Pick<PreviewRow, "repositoryId" | "change">): Promise<void>;
}

const ENVIRONMENT = /^preview-\d+$/;

/** Where the runs of a pull request are: no branch may be deployed there. */
export function previewEnvironment(change: number): string {
  return `preview-${change}`;
}

/**
 * Whether runs there are previews: they get no secret that is not theirs. The name tells, for that is what no branch may be deployed as, and
 * it outlives what is kept of a preview: a run that is restarted when its pull request is closed is one still.
 */
export function isPreview({ environment }: Pick<RunRow, "environment">): boolean {
  return ENVIRONMENT.test(environment);
}
