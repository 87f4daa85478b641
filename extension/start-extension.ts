import * as vscode from "vscode";
import { systemClock } from "./clock.js";
import { GraphPanels } from "./graph/graph-panels.js";
import { DescribedFiles } from "./language/described-file.js";
import { registerExplain } from "./language/explain-code.js";
import { startLanguageClient, type LoadLanguageClient } from "./language/language-client.js";
import { listFiles } from "./language/workspace-files.js";
import { registerPlan } from "./plan/plan-command.js";
import { RunTree } from "./projects/run-tree.js";
import { registerBackfill } from "./runs/backfill-command.js";
import { registerCompare } from "./runs/compare-version.js";
import { LogDocuments } from "./runs/log-documents.js";
import { RunCommands } from "./runs/run-commands.js";
import { registerSimulate } from "./runs/simulate-command.js";
import { ServiceLink } from "./service/service-link.js";
import { registerSignIn } from "./service/sign-in.js";
import { createStatusBar } from "./service/status-bar.js";
import { StatusDecorations } from "./status/status-decorations.js";
import { registerStatusHover } from "./status/status-hover.js";
import { StatusHints } from "./status/status-hints.js";
import { StatusLenses } from "./status/status-lenses.js";
import { WorkflowStatuses } from "./status/workflow-status.js";
import { TestView } from "./testing/test-view.js";

/** Everything, once the platform has said how the language server starts. */
export function startExtension(
  context: vscode.ExtensionContext,
  loadLanguageClient: LoadLanguageClient,
): void {
  const clock = systemClock;
  const language = startLanguageClient(loadLanguageClient, clock);
  const link = new ServiceLink(context.secrets, clock);
  const statuses = new WorkflowStatuses(link, clock);
  const logs = new LogDocuments(link, clock);
  const files = new DescribedFiles(language, clock);
  const sources = { language, files, link, statuses, clock };
  context.subscriptions.push(
    language,
    link,
    statuses,
    files,
    logs,
    ...registerSignIn(link),
    createStatusBar(link),
    new RunTree(link, clock),
    new StatusLenses(sources),
    new StatusHints(sources),
    new StatusDecorations(sources, context.extensionUri),
    registerStatusHover(sources),
    registerCompare(sources),
    registerBackfill(sources),
    registerPlan(sources),
    new RunCommands(sources, logs),
    new GraphPanels(sources),
    registerSimulate(language),
    registerExplain(context.extensionUri),
    new TestView(language, clock, findTestFiles),
  );
  link.connect();
}

async function findTestFiles(): Promise<readonly vscode.Uri[]> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const files = await Promise.all(folders.map(({ uri }) => listFiles(uri)));
  return files
    .flat()
    .filter((uri) => uri.endsWith(".workflow.test.yaml"))
    .map((uri) => vscode.Uri.parse(uri));
}
