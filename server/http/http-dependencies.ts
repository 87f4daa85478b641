import type { AlertTeller } from "../alerts/create-alerts.js";
import type { Capacity } from "../capacity/capacity.js";
import type { PermitLimits } from "../capacity/permit-limits.js";
import type { ChangeFeed } from "../changes/change-feed.js";
import type { Clock } from "../clock.js";
import type { Config } from "../config.js";
import type { Ids } from "../ids.js";
import type { Log } from "../log.js";
import type { GithubReviews } from "../review/github/github-reviews.js";
import type { GitlabReviews } from "../review/gitlab/gitlab-reviews.js";
import type { Runs } from "../runs/runs.js";
import type { WorkflowBreakpoints } from "../runs/workflow-breakpoints.js";
import type { WorkflowPauses } from "../runs/workflow-pauses.js";
import type { Registry } from "../registry/registry.js";
import type { Source } from "../source/source.js";
import type { Store, StoreHealth } from "../store/store.js";
import type { Backfills } from "../triggers/backfills/backfills.js";
import type { Sessions } from "./sessions.js";

/** What the routes need of the rooms below. */
export interface HttpDependencies {
  readonly config: Pick<
    Config,
    "host" | "port" | "token" | "hookSecrets" | "allowedOrigins" | "dataFolder" | "publicUrl"
  >;
  readonly store: Store;
  readonly source: Source;
  readonly registry: Pick<Registry, "confirm" | "pin" | "unpin" | "compare" | "readSources">;
  readonly runs: Pick<
    Runs,
    | "startRun"
    | "actOnRun"
    | "restartRun"
    | "lookAt"
    | "answerApproval"
    | "unblock"
    | "queueReason"
    | "waitReason"
    | "explain"
    | "criticalPath"
  >;
  readonly pauses: Pick<WorkflowPauses, "find" | "pause" | "resume">;
  readonly breakpoints: Pick<WorkflowBreakpoints, "set" | "clear">;
  readonly capacity: Pick<Capacity, "pools">;
  readonly permits: Pick<PermitLimits, "list" | "set" | "unset">;
  readonly backfills: Pick<Backfills, "create" | "preview" | "find" | "list" | "act">;
  /** Reviews of pull requests by a GitHub App, and making one. */
  readonly review: Pick<
    GithubReviews,
    "receive" | "accounts" | "describeApp" | "beginApp" | "appForm" | "completeApp"
  >;
  /** Reviews of merge requests of a GitLab. */
  readonly gitlab: Pick<GitlabReviews, "receive" | "describe">;
  readonly alerts: Pick<AlertTeller, "test" | "problems">;
  readonly feed: ChangeFeed;
  readonly clock: Clock;
  readonly log: Log;
  /** A secret of the service by its name; null when it has none. */
  readonly readSecret: (name: string) => Promise<string | null>;
  /** Names signals that come without a key. Default: the system's. */
  readonly ids?: Ids;
  /** A signal was recorded: someone should match it. */
  readonly onSignal: () => void;
}

/** What the server adds for its routes. */
export interface RouteDependencies extends HttpDependencies {
  /** Whether the service can write: that of the store, once the service has started. */
  readonly health: () => StoreHealth;
  readonly sessions: Sessions;
}
