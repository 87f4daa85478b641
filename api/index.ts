export type { Alert, AlertTest } from "./alerts.js";
export { API_ERROR_STATUS, ApiError, type ApiErrorCode, type ClientErrorCode } from "./api-error.js";
export type { Backfill, BackfillPreview } from "./backfills.js";
export type { Permit, Pool } from "./capacity.js";
export { createClient, type Client } from "./client.js";
export type { ClientOptions } from "./client-options.js";
export type { CriticalPath, TimeKind } from "./critical-path.js";
export type { Comparison, Deployment, Finding, Pin, SourceEvent } from "./deployments.js";
export type { ChangeEvent, ServiceEvent } from "./events.js";
export type { BegunGithubApp, GithubApp } from "./github-app.js";
export type { Gitlab } from "./gitlab-routes.js";
export type { HostRepositories } from "./host-repositories.js";
export { openApiDocument } from "./open-api.js";
export type { Repository } from "./repositories.js";
export type { ParsedRequest, Route, RouteAnswer, RouteRequest } from "./route.js";
export { API_PREFIX, ROUTES, type JsonRouteName, type RouteName, type Routes } from "./routes.js";
export type {
  ActualLineage,
  ActualLink,
  DeclaredLineage,
  DeclaredLink,
  LineagePlace,
  LineageRun,
  SignalMention,
  SignalUse,
  SignalUses,
} from "./lineage.js";
export type { PastAction, RunAction } from "./run-actions.js";
export type { JobCounts, LogLine, Run, RunStatusName, Step } from "./runs.js";
export type { Signal, SignalAudience } from "./signals.js";
export { DEFAULT_ENVIRONMENT } from "./values.js";
export type { Wait } from "./waits.js";
export type { TimelineEntry, TimelinePage } from "./timeline.js";
export type { Version, Workflow, WorkflowDetail } from "./workflows.js";
