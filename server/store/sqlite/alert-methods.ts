import type { Alerts } from "../alerts.js";
import type { Access } from "./access.js";
import {
  beginAlert,
  endAlert,
  listAlertingWorkflows,
  listAlerts,
  listAlertSignals,
  listAlertsOfRun,
  listDueAlerts,
  listFailingWorkflows,
  listLaneAlerts,
  nextAlertAt,
  pruneAlerts,
  readAlertCursor,
  recordAlerts,
  resumeAlerts,
} from "./alerts.js";
import { listDeploymentsAfter } from "./deployments.js";

/** What people are told, as methods of the store. */
export function alertMethods({ read, write }: Access): Alerts {
  return {
    readAlertCursor: () => read((db) => readAlertCursor(db)),
    listAlertSignals: (after, limit) => read((db) => listAlertSignals(db, after, limit)),
    listDeploymentsAfter: (after, limit) => read((db) => listDeploymentsAfter(db, after, limit)),
    listAlertingWorkflows: (place) => read((db) => listAlertingWorkflows(db, place)),
    listFailingWorkflows: () => read((db) => listFailingWorkflows(db)),
    listLaneAlerts: (lanes, since) => read((db) => listLaneAlerts(db, lanes, since)),
    recordAlerts: (record) => write((db) => recordAlerts(db, record)),
    listDueAlerts: (now, limit) => read((db) => listDueAlerts(db, now, limit)),
    nextAlertAt: () => read((db) => nextAlertAt(db)),
    beginAlert: (id) => write((db) => beginAlert(db, id)),
    resumeAlerts: (now) => write((db) => resumeAlerts(db, now)),
    endAlert: (id, end) => write((db) => endAlert(db, id, end)),
    listAlerts: (query) => read((db) => listAlerts(db, query)),
    listAlertsOfRun: (runId) => read((db) => listAlertsOfRun(db, runId)),
    pruneAlerts: (before, limit) => write((db) => pruneAlerts(db, before, limit)),
  };
}
