import type { Client } from "@headwater/api";
import * as vscode from "vscode";
import { describeDocument, type WorkflowFile } from "../language/described-file.js";
import { showError, showInformation } from "../messages.js";
import { apiCodeOf } from "../service/api-code.js";
import type { StatusSources } from "../status/document-status.js";

const SCHEME = "headwater-deployed";

/** Two documents, and what is said of them. */
interface Comparison {
  readonly left: vscode.Uri;
  readonly right: vscode.Uri;
  readonly title: string;
}

/** The command that shows what is deployed beside the text: as it was written, or, where only what it means differs, as the compiler understands both. */
export function registerCompare(sources: StatusSources): vscode.Disposable {
  const texts = new Map<string, string>();
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? "",
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => texts.delete(uri.toString())),
    vscode.commands.registerCommand("headwater.compare", () => compare(sources, texts)),
  );
}

async function compare(sources: StatusSources, texts: Map<string, string>): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const file = document === undefined ? null : await describeDocument(sources.language, document);
  const { client } = sources.link;
  if (document === undefined || file === null || client === null) {
    void showInformation("open the file of a workflow, and connect to its service");
    return;
  }
  try {
    const asked = { client, document, file, texts };
    const { left, right, title } =
      (await compareTexts(asked, sources)) ?? (await compareMeanings(asked, sources));
    await vscode.commands.executeCommand("vscode.diff", left, right, title);
  } catch (error) {
    showError(error);
  }
}

interface Asked {
  readonly client: Client;
  readonly document: vscode.TextDocument;
  readonly file: WorkflowFile;
  readonly texts: Map<string, string>;
}

/** Null when the service has not the text of what is deployed, or when that is no other than this one: then a file that it uses is. */
async function compareTexts(
  { client, document, file, texts }: Asked,
  { link }: StatusSources,
): Promise<Comparison | null> {
  const { project, path, workflow } = file;
  const params = { project };
  const query = { environment: link.environment };
  try {
    const [{ files }, { plan }] = await Promise.all([
      client.readSources({ params, query }),
      client.compareCommits({ params, query: { ...query, workflow: workflow.id } }),
    ]);
    const text = plan.workflows.length > 0 ? undefined : files.find((each) => each.path === path)?.text;
    if (text === undefined || text === document.getText()) return null;
    // As YAML: what is checked as a workflow would be a second one of its name.
    const left = keep(texts, `${workflow.id} deployed.yaml`, text);
    return { left, right: document.uri, title: `${workflow.id}: deployed ↔ this text` };
  } catch (error) {
    if (NO_SOURCES.has(apiCodeOf(error) ?? "")) return null;
    throw error;
  }
}

const NO_SOURCES: ReadonlySet<string> = new Set(["not-found", "version-not-found", "payload-too-large"]);

async function compareMeanings(
  { client, document, file: { project, workflow }, texts }: Asked,
  { language, link }: StatusSources,
): Promise<Comparison> {
  const query = { environment: link.environment };
  const deployed = await client.getWorkflow({ params: { project, workflow: workflow.id }, query });
  const { definition, number } = await client.getVersion({ params: { id: deployed.versionId } });
  const here = await language.ask("headwater/definition", { uri: document.uri.toString() });
  return {
    left: keep(texts, `${workflow.id} version ${number}.json`, written(definition)),
    right: keep(texts, `${workflow.id} here.json`, written(here)),
    title: `${workflow.id}: deployed version ${number} ↔ this text, as both are understood`,
  };
}

/** Each comparison has documents of its own: the editor keeps the text of an address. */
function keep(texts: Map<string, string>, name: string, text: string): vscode.Uri {
  const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}`, query: crypto.randomUUID() });
  texts.set(uri.toString(), text);
  return uri;
}

function written(definition: unknown): string {
  return JSON.stringify(readable(definition), null, 2);
}

/** The same order of keys on both sides; of what a step may have and has not nobody reads. */
function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => !isEmpty(inner))
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => [key, readable(inner)]),
  );
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === "object" && Object.keys(value).length === 0);
}
