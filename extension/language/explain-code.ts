import * as vscode from "vscode";
import { sectionOf } from "./error-section.js";
import { showMarkdown } from "./markdown-preview.js";

const SCHEME = "headwater-error";
const COMMAND = "headwater.explain";

/** Where the code of a finding leads to; the language server writes the code in. */
export const EXPLAIN_LINK = `command:${COMMAND}?${encodeURIComponent('["')}{code}${encodeURIComponent('"]')}`;

/** The command that shows what a code means and what to do: its section of docs/errors.md, which the extension brings along. */
export function registerExplain(extensionUri: vscode.Uri): vscode.Disposable {
  const document = vscode.Uri.joinPath(extensionUri, "errors.md");
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      async provideTextDocumentContent({ path }) {
        const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(document));
        return sectionOf(path.slice(1, -".md".length), text);
      },
    }),
    vscode.commands.registerCommand(COMMAND, async (code: unknown) => {
      if (typeof code !== "string") return;
      await showMarkdown(vscode.Uri.from({ scheme: SCHEME, path: `/${code}.md` }));
    }),
  );
}
