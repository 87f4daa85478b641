import type { TextDocument } from "vscode-languageserver-textdocument";
import type {
  CallHierarchyIncomingCall,
  CallHierarchyItem,
  CallHierarchyOutgoingCall,
  Diagnostic,
  DocumentHighlight,
  DocumentLink,
  DocumentSymbol,
  FoldingRange,
  Location,
  Position,
  Range,
  SelectionRange,
  TextEdit,
  WorkspaceEdit,
  WorkspaceSymbol,
} from "vscode-languageserver-types";
import { callItemsAt, incomingCalls, outgoingCalls } from "./features/call-hierarchy.js";
import { cursorAnswers, type CursorAnswers } from "./cursor-answers.js";
import { diagnosticsOf } from "./features/diagnostics.js";
import { documentLinks } from "./features/document-links.js";
import { documentSymbols } from "./features/document-symbols.js";
import { foldingRanges } from "./features/folding.js";
import { formattingEdits } from "./features/formatting.js";
import { linkedRangesAt, type LinkedRanges } from "./features/linked-editing.js";
import { definitionsAt, highlightsAt, referencesAt } from "./features/references.js";
import { moveFiles, renameableAt, renameAt, type Renamed, type RenameOptions } from "./features/rename.js";
import { selectionAt } from "./features/selection-ranges.js";
import { semanticTokens } from "./features/semantic-tokens.js";
import { workspaceSymbols } from "./features/workspace-symbols.js";
import type { Encoding } from "./file-store.js";
import type { Project } from "./project.js";
import { Workspace, type ProjectFile } from "./workspace.js";

export interface LanguageServiceOptions {
  readonly encoding: Encoding;
  /** The address of docs/errors.md, to which codes link, or one that has `{code}` where the code goes; null when there is none. */
  readonly docs: string | null;
  /** The wall clock, epoch milliseconds: schedules are held against the calendar from its day on. */
  readonly now: () => number;
}

/** A file or a folder that is about to have another address. */
export interface MovedFile {
  readonly oldUri: string;
  readonly newUri: string;
}

/** Everything that an editor may ask, answered at once from what is known; positions are of the protocol, from 0. */
export interface LanguageService extends CursorAnswers {
  readonly workspace: Workspace;
  /** Makes everything known that `diagnosticsOf` tells, file by file. */
  check(): Generator<undefined, void>;
  /** Whether all of it is known. */
  isChecked(): boolean;
  /** The addresses of files that have findings. */
  filesWithFindings(): ReadonlySet<string>;
  diagnosticsOf(uri: string): Diagnostic[];
  definitions(uri: string, position: Position): Location[];
  references(uri: string, position: Position, options: { readonly withDefinition: boolean }): Location[];
  highlights(uri: string, position: Position): DocumentHighlight[];
  renameable(uri: string, position: Position): { range: Range; placeholder: string } | null;
  rename(uri: string, position: Position, options: RenameOptions): Renamed | null;
  /** What else is to be written when files and folders get other addresses, before they do; null when nothing is. */
  moveFiles(moves: readonly MovedFile[]): WorkspaceEdit | null;
  symbols(uri: string): DocumentSymbol[];
  folds(uri: string): FoldingRange[];
  selections(uri: string, positions: readonly Position[]): SelectionRange[];
  links(uri: string): DocumentLink[];
  linkedRanges(uri: string, position: Position): LinkedRanges | null;
  /** Five numbers a token; their meanings are `TOKEN_TYPES` and `TOKEN_MODIFIERS`. */
  tokens(uri: string): number[];
  format(uri: string, lines?: { readonly start: number; readonly end: number }): TextEdit[];
  callItems(uri: string, position: Position): CallHierarchyItem[];
  incomingCalls(item: CallHierarchyItem): CallHierarchyIncomingCall[];
  outgoingCalls(item: CallHierarchyItem): CallHierarchyOutgoingCall[];
  workspaceSymbols(query: string): WorkspaceSymbol[];
  /** Makes known what `definitions`, `references`, `rename`, `moveFiles`, `workspaceSymbols` and calls look for in all files. */
  readNames(): Generator<undefined, void>;
  /** To be called when nobody has written for a moment: makes what is answered from while somebody does. */
  settle(): Generator<undefined, void>;
}

/** The whole service, for one editor. */
export function createLanguageService({ encoding, docs, now }: LanguageServiceOptions): LanguageService {
  const workspace = new Workspace(encoding, now);

  /** Asks a feature of a document that is open, at an offset. */
  function at<T>(uri: string, position: Position, ask: (file: ProjectFile, offset: number) => T): T | null {
    const file = workspace.find(uri);
    const document: TextDocument | undefined = workspace.files.document(uri);
    return file === null || document === undefined ? null : ask(file, document.offsetAt(position));
  }

  /** The same of a whole document. */
  function of<T>(uri: string, ask: (file: ProjectFile) => T): T | null {
    const file = workspace.find(uri);
    return file === null ? null : ask(file);
  }

  return {
    workspace,
    /** @yields nothing, after each file */
    *check() {
      // One may change while another is compiled.
      for (let next = uncheckedIn(workspace); next !== undefined; next = uncheckedIn(workspace))
        yield* next.compileInSteps();
    },
    isChecked: () => uncheckedIn(workspace) === undefined,
    filesWithFindings: () => filesWithFindings(workspace),
    diagnosticsOf: (uri) => of(uri, ({ project, path }) => diagnosticsOf(project, path, docs)) ?? [],
    definitions: (uri, position) => at(uri, position, definitionsAt) ?? [],
    references: (uri, position, options) =>
      at(uri, position, (file, offset) => referencesAt(file, offset, options)) ?? [],
    highlights: (uri, position) => at(uri, position, highlightsAt) ?? [],
    renameable: (uri, position) => at(uri, position, renameableAt),
    rename: (uri, position, options) => at(uri, position, (file, offset) => renameAt(file, offset, options)),
    moveFiles: (moves) => movedIn(workspace, moves),
    symbols: (uri) => of(uri, documentSymbols) ?? [],
    folds: (uri) => of(uri, foldingRanges) ?? [],
    selections: (uri, positions) => positions.flatMap((position) => at(uri, position, selectionAt) ?? []),
    links: (uri) => of(uri, documentLinks) ?? [],
    linkedRanges: (uri, position) => at(uri, position, linkedRangesAt),
    tokens: (uri) => of(uri, semanticTokens) ?? [],
    format: (uri, lines) => of(uri, (file) => formattingEdits(file, lines)) ?? [],
    callItems: (uri, position) => at(uri, position, callItemsAt) ?? [],
    incomingCalls: ({ uri, name }) => of(uri, ({ project }) => incomingCalls(project, name)) ?? [],
    outgoingCalls: ({ uri, name }) => of(uri, ({ project }) => outgoingCalls(project, name)) ?? [],
    workspaceSymbols: (query) => workspaceSymbols(workspace.projects(), query),
    ...cursorAnswers(at),
    /** @yields nothing, after each file */
    *readNames() {
      for (const project of workspace.projects()) yield* project.readNames();
    },
    settle: () => settleIn(workspace),
  };
}

/** @yields nothing, after each file */
function* settleIn(workspace: Workspace): Generator<undefined, void> {
  for (const project of workspace.projects()) yield* project.settleOpen();
  for (const { project, path } of workspace.drafts()) {
    project.settle(path);
    yield;
  }
}

function movedIn(workspace: Workspace, moves: readonly MovedFile[]): WorkspaceEdit | null {
  const changes = workspace.projects().flatMap((project) => {
    const isOwn = (uri: string): boolean => uri.startsWith(project.root);
    const own = moves
      .filter(({ oldUri, newUri }) => isOwn(oldUri) && isOwn(newUri))
      .map(({ oldUri, newUri }) => ({ from: project.pathOf(oldUri), to: project.pathOf(newUri) }));
    return own.length === 0 ? [] : Object.entries(moveFiles(project, own)?.changes ?? {});
  });
  return changes.length === 0 ? null : { changes: Object.fromEntries(changes) };
}

function uncheckedIn(workspace: Workspace): Project | undefined {
  const projects = [...workspace.projects(), ...workspace.drafts().map(({ project }) => project)];
  return projects.find(({ compiled }) => compiled === null);
}

function filesWithFindings(workspace: Workspace): ReadonlySet<string> {
  const files = workspace
    .projects()
    .flatMap((project) => [...project.findings().keys()].map((path) => project.uriOf(path)));
  // Of all other files the project says the same that knows of no draft.
  const drafts = workspace
    .drafts()
    .filter(({ project, path }) => project.findings().has(path))
    .map(({ project, path }) => project.uriOf(path));
  return new Set([...files, ...drafts]);
}
