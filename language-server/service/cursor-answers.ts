import { createScheduleReader, createTimeZones } from "@headwater/workflow";
import type {
  CodeAction,
  CodeLens,
  CompletionItem,
  Hover,
  InlayHint,
  Position,
  Range,
  SignatureHelp,
} from "vscode-languageserver-types";
import { codeActions, type CodeActionOptions } from "./features/code-actions.js";
import { codeLenses } from "./features/code-lenses.js";
import { completionsAt, type CompletionAbilities } from "./features/completion.js";
import { inlayHints } from "./features/inlay-hints.js";
import { signatureHelpAt } from "./features/signature-help.js";
import { hoverAt } from "./features/hover.js";
import { nextFireOf } from "./schedule-timing.js";
import type { ProjectFile } from "./workspace.js";

/** What an editor asks of the place at which somebody writes. It never waits for checks: see `Project.settledModel`. */
export interface CursorAnswers {
  completions(uri: string, position: Position, abilities: CompletionAbilities): CompletionItem[];
  /** `nowMs` is the time from which fires of schedules are told, in epoch milliseconds. */
  hover(uri: string, position: Position, nowMs: number): Hover | null;
  signatureHelp(uri: string, position: Position): SignatureHelp | null;
  inlayHints(uri: string, range: Range, nowMs: number): InlayHint[];
  /** Of the whole document; of `commands`, those that the client has. */
  codeLenses(uri: string, nowMs: number, commands: readonly string[]): CodeLens[];
  /** When the first schedule of a document fires after `nowMs`, epoch milliseconds: hints and lenses that were told say then what is past. */
  nextFireMs(uri: string, nowMs: number): number | null;
  /** The mends are those of the text as it is, so this may check it first. */
  codeActions(uri: string, range: Range, options: CodeActionOptions): CodeAction[];
}

/** Asks of an open document, at an offset; null when it is none of the workspace. */
type AskAt = <T>(uri: string, position: Position, ask: (file: ProjectFile, offset: number) => T) => T | null;

const START: Position = { line: 0, character: 0 };

/** The answers, given a way to find documents. */
export function cursorAnswers(at: AskAt): CursorAnswers {
  const reader = createScheduleReader();
  const zones = createTimeZones();
  return {
    completions: (uri, position, abilities) =>
      at(uri, position, (file, offset) => completionsAt(file, offset, abilities)) ?? [],
    hover: (uri, position, nowMs) =>
      at(uri, position, (file, offset) => hoverAt(file, offset, { nowMs, reader, zones })),
    signatureHelp: (uri, position) => at(uri, position, signatureHelpAt),
    inlayHints: (uri, range, nowMs) =>
      at(uri, range.start, (file) => inlayHints(file, range, { nowMs, reader, zones })) ?? [],
    codeLenses: (uri, nowMs, commands) =>
      at(uri, START, (file) => codeLenses(file, { almanac: { nowMs, reader, zones }, commands })) ?? [],
    nextFireMs: (uri, nowMs) =>
      at(uri, START, ({ project, path }) => {
        const model = project.settledModel(path);
        return model?.kind === "workflow"
          ? (nextFireOf(model, project, { nowMs, reader, zones })?.at ?? null)
          : null;
      }),
    codeActions: (uri, range, options) =>
      at(uri, range.start, (file) => codeActions(file, range, options)) ?? [],
  };
}
