import type { Store } from "../store.js";
import type { DeployingAccess } from "./access.js";
import { activateDeployment } from "./activations.js";
import {
  confirmCommit,
  endPin,
  findConfirmation,
  listBackfillBranches,
  listOpenPins,
  listPins,
  listSignedEnvironments,
} from "./deployment-decisions.js";
import { filterNeededCommits, pruneDeployments } from "./deployment-retention.js";
import { sourceEventMethods } from "./source-events.js";
import { findHeadBefore, insertDeployment, listBroughtVersions, listDeployments } from "./deployments.js";

/** What became of commits, what people have decided of them, and what happened to repositories meanwhile. */
export function deploymentMethods({ read, write, deploy }: DeployingAccess) {
  return {
    activateDeployment: (activation) => deploy((db) => activateDeployment(db, activation)),
    recordDeployment: (deployment) => write((db) => insertDeployment(db, deployment)),
    listDeployments: (query) => read((db) => listDeployments(db, query)),
    findHeadBefore: (head) => read((db) => findHeadBefore(db, head)),
    listBroughtVersions: (ids) => read((db) => listBroughtVersions(db, ids)),
    pruneDeployments: (query) => write((db) => pruneDeployments(db, query)),
    ...sourceEventMethods({ read, write }),
    filterNeededCommits: (id, commits) => read((db) => filterNeededCommits(db, id, commits)),
    confirmCommit: (confirmation) => write((db) => confirmCommit(db, confirmation)),
    findConfirmation: (id, commit) => read((db) => findConfirmation(db, id, commit)),
    endPin: (place, ended) => write((db) => endPin(db, place, ended)),
    listBackfillBranches: (place) => read((db) => listBackfillBranches(db, place)),
    listSignedEnvironments: () => read((db) => listSignedEnvironments(db)),
    listOpenPins: () => read((db) => listOpenPins(db)),
    listPins: (query) => read((db) => listPins(db, query)),
  } satisfies Partial<Store>;
}
