import type { Json } from "@headwater/workflow";
import type { PreviewRow } from "../store/previews.js";
import type { RepositoryRow, RunRow } from "../store/store.js";

/** Versions of pull requests run here before they are merged, apart from all that is deployed. */
export interface Previews {
  /** Goes on throwing away what an earlier life has begun to. */
  start(): Promise<void>;
  /** Idempotent; waits for what is under way. */
  stop(): Promise<void>;
  /**
   * Runs a workflow as it is at a commit: once, and without what starts it, what it waits for and what it tells others. An
   * earlier run of the same pull request is canceled.
   * @throws ServiceError action-not-allowed, workflow-not-found, invalid-params
   */
  begin(request: PreviewRequest): Promise<RunRow>;
  /** The pull request is closed: its runs are canceled, and what they have left is thrown away. */
  end(of: Pick<PreviewRow, "repositoryId" | "change">): Promise<void>;
}

export interface PreviewRequest extends Pick<PreviewRow, "change" | "commit" | "workflow" | "place"> {
  readonly repository: RepositoryRow;
  readonly params: Readonly<Record<string, Json>>;
  readonly by: string;
  /** The same one begins one run. */
  readonly requestId: string;
}
