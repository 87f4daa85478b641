import type { Client } from "@headwater/api";
import * as vscode from "vscode";
import { describeDocument } from "../language/described-file.js";
import { fileMeant } from "../language/file-meant.js";
import { showMarkdown } from "../language/markdown-preview.js";
import { showError, showInformation } from "../messages.js";
import type { StatusSources } from "../status/document-status.js";

/** See `PlannedChange` of the language server. */
interface PlannedChange {
  readonly markdown: string;
  readonly errors: number;
}

const SCHEME = "headwater-plan";
const RUNS_MAX = 1000;

/** The command that shows what the files of a project change, saved or not, against the branch that is deployed: as a pull request would. */
export function registerPlan(sources: StatusSources): vscode.Disposable {
  const texts = new Map<string, string>();
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? "",
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => texts.delete(uri.toString())),
    vscode.commands.registerCommand("headwater.plan", (given: unknown) => plan(given, sources, texts)),
  );
}

async function plan(given: unknown, sources: StatusSources, texts: Map<string, string>): Promise<void> {
  const uri = fileMeant(given);
  const document = uri === null ? null : await vscode.workspace.openTextDocument(uri);
  const file = document === null ? null : await describeDocument(sources.language, document);
  if (uri === null || file === null) {
    void showInformation("open the file of a workflow first");
    return;
  }
  const { client } = sources.link;
  if (client === null) {
    void showInformation(
      "connect to the service of this project first; it knows what your change is held against",
    );
    return;
  }
  try {
    const planned = await planAgainst(client, { uri, project: file.project }, sources);
    if (planned !== null) await show(file.project, planned, texts);
  } catch (error) {
    showError(error);
  }
}

async function planAgainst(
  client: Client,
  { uri, project }: { readonly uri: vscode.Uri; readonly project: string },
  { language, link }: StatusSources,
): Promise<PlannedChange | null> {
  const query = { environment: link.environment };
  const inFlight = { ...query, project, limit: RUNS_MAX };
  const [before, { usualDurations }, ...pages] = await Promise.all([
    client.readSources({ params: { project }, query }),
    client.listUsualDurations({ query: { ...query, project } }),
    client.listRuns({ query: { ...inFlight, status: "running" } }),
    client.listRuns({ query: { ...inFlight, status: "queued" } }),
  ]);
  return language.ask<PlannedChange>("headwater/plan", {
    uri: uri.toString(),
    before,
    usualDurations: usualDurations.map(({ workflow, medianMs }) => [workflow, medianMs]),
    runs: pages.flatMap(({ runs }) => runs.map(({ workflow, name, status }) => ({ workflow, name, status }))),
  });
}

async function show(project: string, { markdown }: PlannedChange, texts: Map<string, string>): Promise<void> {
  const address = { scheme: SCHEME, path: `/plan of ${project}.md`, query: crypto.randomUUID() };
  const uri = vscode.Uri.from(address);
  texts.set(uri.toString(), markdown);
  await showMarkdown(uri);
}
