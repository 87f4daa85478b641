import { firstSchema } from "./0001-first-schema.js";
import { oneStatementAdvance } from "./0002-one-statement-advance.js";
import { joinedSignals } from "./0003-joined-signals.js";
import { unblockedRuns } from "./0004-unblocked-runs.js";
import { waits } from "./0005-waits.js";
import { operations } from "./0006-operations.js";
import { permits } from "./0007-permits.js";
import { commitOfEnvironment } from "./0008-commit-of-environment.js";
import { breakpoints } from "./0009-breakpoints.js";
import { lateRuns } from "./0010-late-runs.js";
import { runSnapshots } from "./0011-run-snapshots.js";
import { rollUps } from "./0012-roll-ups.js";
import { retention } from "./0013-retention.js";
import { reasonsOfUnblocks } from "./0014-reasons-of-unblocks.js";
import { deploymentDecisions } from "./0015-deployment-decisions.js";
import { signalHistory } from "./0016-signal-history.js";
import { pastSchedules } from "./0017-past-schedules.js";
import { backfills } from "./0018-backfills.js";
import { commitsOfRuns } from "./0019-commits-of-runs.js";
import { reviews } from "./0020-reviews.js";
import { alerts } from "./0021-alerts.js";
import { lineage } from "./0022-lineage.js";
import { timeZoneData } from "./0023-time-zone-data.js";
import { removalConfirmations } from "./0024-removal-confirmations.js";
import { requestsOfBackfills } from "./0025-requests-of-backfills.js";
import { placesOfVersions } from "./0026-places-of-versions.js";
import { previews } from "./0027-previews.js";
import { hostRepositories } from "./0028-host-repositories.js";
import { changeClaims } from "./0029-change-claims.js";
import { jobsOfEndedRuns } from "./0030-jobs-of-ended-runs.js";
import { hostsOfReviews } from "./0031-hosts-of-reviews.js";
import { branchesOfDeployments } from "./0032-branches-of-deployments.js";
import { undeployedVersions } from "./0033-undeployed-versions.js";
import { placesOfSignals } from "./0034-places-of-signals.js";
import { rewrittenHistory } from "./0035-rewritten-history.js";
import { writeBudgets } from "./0036-write-budgets.js";
import { visibilityOfRepositories } from "./0037-visibility-of-repositories.js";
import { sourceEvents } from "./0038-source-events.js";
import { declaredBranches } from "./0039-declared-branches.js";
import { wholeChecks } from "./0040-whole-checks.js";
import { projectsByRepository } from "./0041-projects-by-repository.js";
import { mentionsByEnvironment } from "./0042-mentions-by-environment.js";
import { rangesOfListeners } from "./0043-ranges-of-listeners.js";
import { buildsOfEnvironments } from "./0044-builds-of-environments.js";
import { confirmationsOnce } from "./0045-confirmations-once.js";
import { editionOfListeners } from "./0046-edition-of-listeners.js";

/** Every migration in order; the first is number 1. Forward only: one that was released is never edited. */
export const MIGRATIONS: readonly string[] = [
  firstSchema,
  oneStatementAdvance,
  joinedSignals,
  unblockedRuns,
  waits,
  operations,
  permits,
  commitOfEnvironment,
  breakpoints,
  lateRuns,
  runSnapshots,
  rollUps,
  retention,
  reasonsOfUnblocks,
  deploymentDecisions,
  signalHistory,
  pastSchedules,
  backfills,
  commitsOfRuns,
  reviews,
  alerts,
  lineage,
  timeZoneData,
  removalConfirmations,
  requestsOfBackfills,
  placesOfVersions,
  previews,
  hostRepositories,
  changeClaims,
  jobsOfEndedRuns,
  hostsOfReviews,
  branchesOfDeployments,
  undeployedVersions,
  placesOfSignals,
  rewrittenHistory,
  writeBudgets,
  visibilityOfRepositories,
  sourceEvents,
  declaredBranches,
  wholeChecks,
  projectsByRepository,
  mentionsByEnvironment,
  rangesOfListeners,
  buildsOfEnvironments,
  confirmationsOnce,
  editionOfListeners,
];
