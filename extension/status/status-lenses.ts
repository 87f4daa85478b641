import type { Run } from "@headwater/api";
import * as vscode from "vscode";
import type { Clock } from "../clock.js";
import type { PlainRange, WorkflowFile } from "../language/described-file.js";
import { hasLenses, onLensSetting } from "../language/lens-setting.js";
import { clockText, groupOf, statusOfDocument, type StatusSources } from "./document-status.js";
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

/** VS Code swallows a plain space after a picture. */
const GAP = "\u00A0";

/** Above the name of a workflow its last runs and the next one, above each step how it went in the newest run. */
export class StatusLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #sources: StatusSources;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(sources: StatusSources) {
    this.#sources = sources;
    this.#subscription = vscode.Disposable.from(
      sources.statuses.onDidChange(() => this.#changed.fire()),
      sources.files.onDidChange(() => this.#changed.fire()),
      onLensSetting(() => this.#changed.fire()),
      vscode.languages.registerCodeLensProvider({ language: "headwater" }, this),
      this.#changed,
    );
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!hasLenses(document.uri)) return [];
    const found = await statusOfDocument(document, this.#sources);
    if (found === null) return [];
    const { file, status } = found;
    const top = topLenses(file, status, this.#sources.clock);
    return [...top, ...(status === null ? [] : stepLenses(file, status))];
  }

  dispose(): void {
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

function topLenses(
  { project, workflow }: WorkflowFile,
  status: WorkflowStatus | null,
  clock: Clock,
): readonly vscode.CodeLens[] {
  if (status === null) return [];
  const { nameRange } = workflow;
  const runs = status.runs.map((run) =>
    lens(nameRange, `${ICONS[lookOf(run.status)]}${GAP}${runText(run)}`, ["headwater.openRunPage", run.id]),
  );
  const { nextFireAt } = status.workflow;
  const next =
    nextFireAt === null
      ? []
      : [
          lens(nameRange, `$(calendar)${GAP}next in ${durationText(nextFireAt - clock.now())}`, [
            "headwater.openPage",
          ]),
        ];
  const isOther = workflow.fingerprint !== null && workflow.fingerprint !== status.fingerprint;
  const other = isOther
    ? [
        lens(nameRange, `$(git-compare)${GAP}not what ran: compare`, [
          "headwater.compare",
          project,
          workflow.id,
        ]),
        lens(nameRange, `$(diff)${GAP}Plan`, ["headwater.plan"]),
      ]
    : [];
  const start = lens(nameRange, `$(play)${GAP}Run`, ["headwater.run", project, workflow.id]);
  return [...runs, ...next, ...other, start];
}

function stepLenses({ workflow }: WorkflowFile, status: WorkflowStatus): readonly vscode.CodeLens[] {
  const run = status.runs[0];
  if (run === undefined) return [];
  return workflow.steps.flatMap(({ path, range }) => {
    const group = groupOf(status, path);
    if (group === null) return [];
    const title = `${ICONS[group.look]}${GAP}${group.text}`;
    const waits = group.first.actions.includes("approve");
    return [
      lens(range, title, ["headwater.openLog", run.id, group.first.path]),
      ...(waits
        ? [lens(range, `$(check-all)${GAP}Answer`, ["headwater.approve", run.id, group.first.path])]
        : []),
    ];
  });
}

function runText({ number, status, startedAt, endedAt }: Run): string {
  const took = startedAt === null || endedAt === null ? "" : ` in ${durationText(endedAt - startedAt)}`;
  const since = took === "" && startedAt !== null ? ` since ${clockText(startedAt)}` : "";
  return `#${number} ${spoken(status)}${took}${since}`;
}
