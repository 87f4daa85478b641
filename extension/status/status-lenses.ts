import type { Run } from "@headwater/api";
import * as vscode from "vscode";
import type { PlainRange, WorkflowFile } from "../language/described-file.js";
import { plainText } from "../plain-text.js";
import { hasLenses, onLensSetting } from "../language/lens-setting.js";
import {
  clockText,
  groupOf,
  isOtherThan,
  OF_ANOTHER_VERSION,
  statusOfDocument,
  type DocumentStatus,
  type StatusSources,
} from "./document-status.js";
import { durationText, lookOf, spoken, type Look } from "./step-group.js";
import type { WorkflowStatus } from "./workflow-status.js";

/** The pictures of VS Code for each look. */
export const ICONS: Readonly<Record<Look, string>> = {
  succeeded: "$(pass)",
  failed: "$(error)",
  running: "$(sync~spin)",
  waiting: "$(clock)",
  skipped: "$(circle-slash)",
};

const SELECTOR = { language: "headwater" };

/** VS Code swallows a plain space after a picture. */
const GAP = "\u00A0";

/** Above the name of a workflow its last runs and the next one, above each step how it went in the newest run. */
export class StatusLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #sources: StatusSources;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  #provider: vscode.Disposable | null = null;
  #isDisposed = false;
  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(sources: StatusSources) {
    this.#sources = sources;
    this.#subscription = vscode.Disposable.from(
      sources.statuses.onDidChange(() => this.#changed.fire()),
      sources.files.onDidChange(() => this.#changed.fire()),
      onLensSetting(() => this.#changed.fire()),
      this.#changed,
    );
    // Of two providers VS Code shows first the lenses of the one that came last.
    void sources.language.started.then(() => {
      if (!this.#isDisposed) this.#provider = vscode.languages.registerCodeLensProvider(SELECTOR, this);
    });
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!hasLenses(document.uri)) return [];
    const found = await statusOfDocument(document, this.#sources);
    if (found === null || found.status === null) return [];
    return [...topLenses(found.file, found.status), ...stepLenses(found)];
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#provider?.dispose();
    this.#subscription.dispose();
  }
}

/** A lens above a range that runs a command with these arguments. */
function lens(
  range: PlainRange,
  title: string,
  [command, ...args]: readonly [string, ...unknown[]],
): vscode.CodeLens {
  const { start, end } = range;
  const place = new vscode.Range(start.line, start.character, end.line, end.character);
  return new vscode.CodeLens(place, { title, command, arguments: args });
}

/** What one wants most comes first: VS Code cuts what does not fit. When it fires next the language server says. */
function topLenses(file: WorkflowFile, status: WorkflowStatus): readonly vscode.CodeLens[] {
  const { project, workflow } = file;
  const { nameRange, id } = workflow;
  const [latest, ...earlier] = status.runs;
  const page = (run: Run, text: string): vscode.CodeLens =>
    lens(nameRange, `${ICONS[lookOf(run.status)]}${GAP}${text}`, ["headwater.openRunPage", run.id]);
  const newest = newestRunText(status);
  const isChanged = isOtherThan(file, status.fingerprint);
  return [
    lens(nameRange, `$(play)${GAP}Run`, ["headwater.run", project, id]),
    ...(latest === undefined || newest === null ? [] : [page(latest, newest)]),
    ...(status.workflow.paused === null
      ? []
      : [lens(nameRange, `$(debug-pause)${GAP}paused`, ["headwater.openPage"])]),
    ...(isChanged
      ? [
          lens(nameRange, `$(git-compare)${GAP}not what is deployed: compare`, ["headwater.compare"]),
          lens(nameRange, `$(diff)${GAP}Plan`, ["headwater.plan"]),
        ]
      : []),
    ...earlier.map((run) => page(run, `#${run.number}`)),
  ];
}

function stepLenses(found: DocumentStatus): readonly vscode.CodeLens[] {
  const run = found.status?.runs[0];
  if (run === undefined) return [];
  return found.file.workflow.steps.flatMap(({ path, range }) => {
    const group = groupOf(found, path);
    if (group === null) return [];
    const title = `${ICONS[group.look]}${GAP}${plainText(group.text)}`;
    const log = lens(range, title, ["headwater.openLog", run.id, group.first.path]);
    if (!group.first.actions.includes("approve")) return [log];
    // What it asks may be longer than the window is wide.
    return [lens(range, `$(check-all)${GAP}Answer`, ["headwater.approve", run.id, group.first.path]), log];
  });
}

/** `#5 succeeded in 2.1 s`; null where there is no run. */
export function newestRunText({
  runs: [newest],
  fingerprint,
  runFingerprint,
}: WorkflowStatus): string | null {
  if (newest === undefined) return null;
  const other = runFingerprint === null || runFingerprint === fingerprint ? "" : OF_ANOTHER_VERSION;
  return runText(newest) + other;
}

function runText({ number, status, startedAt, endedAt }: Run): string {
  const took = startedAt === null || endedAt === null ? "" : ` in ${durationText(endedAt - startedAt)}`;
  const since = took === "" && startedAt !== null ? ` since ${clockText(startedAt)}` : "";
  return `#${number} ${spoken(status)}${took}${since}`;
}
