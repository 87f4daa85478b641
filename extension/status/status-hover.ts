import type { Run, Step } from "@headwater/api";
import * as vscode from "vscode";
import { readLastLines } from "../runs/read-log.js";
import { groupOf, statusOfDocument, type StatusSources } from "./document-status.js";
import { ICONS } from "./status-lenses.js";
import { lookOf, type StepGroup } from "./step-group.js";

const LINES_SHOWN = 8;

/** Over the name of a step: how it went, why it waits or failed, and the last that it said when it failed. */
export function registerStatusHover(sources: StatusSources): vscode.Disposable {
  return vscode.languages.registerHoverProvider(
    { language: "headwater" },
    { provideHover: (document, position) => hoverAt(document, position, sources) },
  );
}

async function hoverAt(
  document: vscode.TextDocument,
  position: vscode.Position,
  sources: StatusSources,
): Promise<vscode.Hover | null> {
  const found = await statusOfDocument(document, sources);
  const named = found?.file.workflow.steps.find(({ range: { start, end } }) =>
    new vscode.Range(start.line, start.character, end.line, end.character).contains(position),
  );
  const run = found?.status?.runs[0];
  if (found === null || named === undefined || run === undefined) return null;
  const group = groupOf(found, named.path);
  return group === null
    ? null
    : new vscode.Hover(await describeGroup(named.path, group, { run, ...sources }));
}

async function describeGroup(
  path: string,
  group: StepGroup,
  { run, link }: Pick<StatusSources, "link"> & { readonly run: Run },
): Promise<vscode.MarkdownString> {
  const text = new vscode.MarkdownString(`${ICONS[group.look]} **${path}** `, true);
  // Reasons have what people wrote into params and prompts, which is no Markdown of ours.
  text.appendText(withoutLinks(group.text));
  text.isTrusted = { enabledCommands: ["headwater.openLog"] };
  const { reason } = group.first;
  if (reason !== null && !group.text.startsWith(reason))
    text.appendMarkdown("\n\n").appendText(withoutLinks(reason));
  const lines = await lastLines(run, group.first, link);
  if (lines.length > 0) text.appendCodeblock(lines.join("\n"), "log");
  const args = encodeURIComponent(JSON.stringify([run.id, group.first.path]));
  text.appendMarkdown(`\n\n[Open log](command:headwater.openLog?${args})`);
  return text;
}

/** Markdown makes links of addresses, however its own signs are written. */
function withoutLinks(text: string): string {
  return text.replaceAll(/(https?|ftp|www)([:.])/gi, "$1\u200B$2");
}

async function lastLines(run: Run, step: Step, link: StatusSources["link"]): Promise<readonly string[]> {
  if (lookOf(step.status) !== "failed" || link.client === null) return [];
  const { attempt, path } = step;
  const place = { run: run.id, path, attempt: Math.max(1, attempt), environment: link.environment };
  // A step that never ran has no log.
  return readLastLines(link.client, place, LINES_SHOWN).catch(() => []);
}
