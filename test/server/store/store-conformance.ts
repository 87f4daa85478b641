import { describe } from "mocha";
import type { Clock } from "#server/clock.js";
import type { Store } from "#server/store/store.js";
import { describePastTriggerRows } from "./past-trigger-conformance.js";
import { describeBackfills } from "./backfill-conformance.js";
import { describeDeploymentRetention } from "./deployment-retention-conformance.js";
import { describeVersionRetention } from "./version-retention-conformance.js";
import { describeAlerts } from "./alert-conformance.js";
import { describeLineage } from "./lineage-conformance.js";
import { describeSignalAudiences } from "./signal-audience-conformance.js";
import { describeSignalListeners } from "./signal-listener-conformance.js";
import { describeConfirmations } from "./confirmation-conformance.js";
import { describeEnvironmentWritings } from "./environment-writing-conformance.js";
import { describeProgress } from "./progress-conformance.js";
import { describeRegistryRows } from "./registry-conformance.js";
import { describePreviews } from "./preview-conformance.js";
import { describeRemovalConfirmations } from "./removal-conformance.js";
import { describeHostRepositories } from "./host-repository-conformance.js";
import { describeReviews } from "./review-conformance.js";
import { describeRetention } from "./retention-conformance.js";
import { describeRunRows } from "./run-conformance.js";
import { describeRunSnapshots } from "./run-snapshot-conformance.js";
import { describeSourceEvents } from "./source-event-conformance.js";
import { describeTriggerRows } from "./trigger-conformance.js";

/** A store of its own for one test. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Stops the store and opens another one on the same data. */
  reopen(): Promise<Store>;
  /** Stops what is open and removes the data. */
  dispose(): Promise<void>;
}

export type StoreFactory = (clock: Clock) => Promise<StoreUnderTest>;

/** What every store must do, whatever it is made of. */
export function describeStoreConformance(name: string, create: StoreFactory): void {
  describe(`${name} keeps the contract of the store`, () => {
    describe("registry", () => describeRegistryRows(create));
    describe("triggers", () => describeTriggerRows(create));
    describe("triggers of the past", () => describePastTriggerRows(create));
    describe("runs", () => describeRunRows(create));
    describe("snapshots of runs", () => describeRunSnapshots(create));
    describe("retention of deployments", () => describeDeploymentRetention(create));
    describe("what happened to repositories", () => describeSourceEvents(create));
    describe("retention of versions", () => describeVersionRetention(create));
    describe("retention", () => describeRetention(create));
    describe("backfills", () => describeBackfills(create));
    describe("previews", () => describePreviews(create));
    describe("confirmed removals", () => describeRemovalConfirmations(create));
    describe("repositories at hosts", () => describeHostRepositories(create));
    describe("reviews", () => describeReviews(create));
    describe("alerts", () => describeAlerts(create));
    describe("lineage", () => describeLineage(create));
    describe("listeners of signals", () => describeSignalListeners(create));
    describe("audiences of signals", () => describeSignalAudiences(create));
    describe("confirmed commits", () => describeConfirmations(create));
    describe("how environments were written", () => describeEnvironmentWritings(create));
    describe("progress", () => describeProgress(create));
  });
}
