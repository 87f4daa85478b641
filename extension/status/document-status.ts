import type * as vscode from "vscode";
import type { Clock } from "../clock.js";
import type { DescribedFiles, WorkflowFile } from "../language/described-file.js";
import type { Language } from "../language/language-client.js";
import type { ServiceLink } from "../service/service-link.js";
import { groupSteps, type StepGroup } from "./step-group.js";
import type { WorkflowStatus, WorkflowStatuses } from "./workflow-status.js";

/** Where everything that is shown of runs comes from. */
export interface StatusSources {
  readonly language: Language;
  readonly files: DescribedFiles;
  readonly link: ServiceLink;
  readonly statuses: WorkflowStatuses;
  readonly clock: Clock;
}

/** A document with a workflow, and what the service knows of that; null when it knows nothing, or is not there. */
export interface DocumentStatus {
  readonly file: WorkflowFile;
  readonly status: WorkflowStatus | null;
}

/** The workflow of a document and its runs. Null for a document without a workflow, and for all while no service is there. */
export async function statusOfDocument(
  document: vscode.TextDocument,
  { files, link, statuses }: StatusSources,
): Promise<DocumentStatus | null> {
  if (link.client === null) return null;
  const file = await files.of(document);
  if (file === null) return null;
  return { file, status: link.client === null ? null : statuses.find(file.project, file.workflow.id) };
}

/** Said of what is not of the version that it stands at. */
export const OF_ANOTHER_VERSION = ", of another version";

/** How a step went in the newest run, which may have been another step then; null when that has not reached it. */
export function groupOf({ file, status }: DocumentStatus, path: string): StepGroup | null {
  if (status === null) return null;
  const telling = { clockText, usualMs: status.usual.get(path) ?? null, hasMore: status.hasMoreSteps };
  const group = groupSteps(status.steps.get(path) ?? [], telling);
  const { runFingerprint } = status;
  if (group === null || runFingerprint === null || !isOtherThan(file, runFingerprint)) return group;
  return { ...group, text: `${group.text}${OF_ANOTHER_VERSION}` };
}

/** Whether a text means something else than the version with a fingerprint, or nothing, for it has errors. False while nobody can say. */
export function isOtherThan(
  { workflow: { fingerprint, isBroken } }: Pick<WorkflowFile, "workflow">,
  version: string,
): boolean {
  return isBroken || (fingerprint !== null && fingerprint !== version);
}

/** The time of day here. */
export function clockText(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}
