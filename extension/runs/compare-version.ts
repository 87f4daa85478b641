import * as vscode from "vscode";
import { describeDocument } from "../language/described-file.js";
import type { StatusSources } from "../status/document-status.js";

const SCHEME = "headwater-definition";

/** The command that shows what is deployed beside what the text means now: both as the compiler understands them. */
export function registerCompare(sources: StatusSources): vscode.Disposable {
  const texts = new Map<string, string>();
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? "",
    }),
    vscode.commands.registerCommand("headwater.compare", () => compare(sources, texts)),
  );
}

async function compare({ language, link }: StatusSources, texts: Map<string, string>): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const file = document === undefined ? null : await describeDocument(language, document);
  const { client, environment } = link;
  if (document === undefined || file === null || client === null) {
    void vscode.window.showInformationMessage(
      "Headwater: open the file of a workflow, and connect to its service",
    );
    return;
  }
  const { project, workflow } = file;
  const params = { project, workflow: workflow.id };
  try {
    const deployed = await client.getWorkflow({ params, query: { environment } });
    const { definition, number } = await client.getVersion({ params: { id: deployed.versionId } });
    const here = await language.ask("headwater/definition", { uri: document.uri.toString() });
    const left = keep(texts, `${workflow.id} version ${number}`, definition);
    const right = keep(texts, `${workflow.id} here`, here);
    const title = `${workflow.id}: deployed version ${number} ↔ this text`;
    await vscode.commands.executeCommand("vscode.diff", left, right, title);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(`Headwater: ${reason}`);
  }
}

/** Each comparison has documents of its own: the editor keeps the text of an address. */
function keep(texts: Map<string, string>, name: string, definition: unknown): vscode.Uri {
  const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}.json`, query: String(texts.size) });
  texts.set(uri.toString(), JSON.stringify(readable(definition), null, 2));
  return uri;
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
