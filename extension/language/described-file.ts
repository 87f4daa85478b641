import * as vscode from "vscode";
import type { Clock } from "../clock.js";
import type { Language } from "./language-client.js";
import { QuietQuestions } from "./quiet-questions.js";

/** A range as the protocol writes it; lines and columns from 0. */
export interface PlainRange {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

/** What the language server says of a file; see `FileDescription` there. */
export interface DescribedFile {
  readonly project: string | null;
  readonly path: string;
  readonly workflow: {
    readonly id: string;
    /** Null while the text has errors, or is not checked yet. */
    readonly fingerprint: string | null;
    /** Whether it was checked and has errors. */
    readonly isBroken: boolean;
    readonly nameRange: PlainRange;
    readonly steps: readonly { readonly path: string; readonly range: PlainRange }[];
  } | null;
}

type Meaning = Pick<NonNullable<DescribedFile["workflow"]>, "fingerprint" | "isBroken">;

/** A file whose workflow a service may have. */
export interface WorkflowFile {
  readonly project: string;
  /** From the root of the project. */
  readonly path: string;
  readonly workflow: NonNullable<DescribedFile["workflow"]>;
}

/** The workflow of a document as it is at this moment, for who acts on it; null for a document that has none, or whose project has no name. */
export async function describeDocument(
  language: Language,
  document: vscode.TextDocument,
): Promise<WorkflowFile | null> {
  return isOurs(document) ? describe(language, document.uri.toString()) : null;
}

async function describe(language: Language, uri: string, signal?: AbortSignal): Promise<WorkflowFile | null> {
  const described = await language.ask<DescribedFile>("headwater/describe", { uri }, signal);
  if (described?.project == null || described.workflow === null) return null;
  return { project: described.project, path: described.path, workflow: described.workflow };
}

/** Old texts, as beside a change, and files of other folders are of no project here. */
function isOurs({ languageId, uri }: vscode.TextDocument): boolean {
  return languageId === "headwater" && vscode.workspace.getWorkspaceFolder(uri) !== undefined;
}

/** The workflows of the documents that somebody looks at: what is shown of them is not worth more than that it follows in a moment. */
export class DescribedFiles implements vscode.Disposable {
  readonly #questions: QuietQuestions<WorkflowFile>;
  readonly #meanings = new Map<string, Meaning>();
  readonly #changed = new vscode.EventEmitter<string>();
  readonly #subscription: vscode.Disposable;
  /** The address of a document of which something else may be said now, though nobody has written in it. */
  readonly onDidChange = this.#changed.event;

  constructor(language: Language, clock: Clock) {
    const questions = new QuietQuestions<WorkflowFile>({
      ask: async (uri, signal) => this.#withMeaning(uri, await describe(language, uri, signal)),
      clock,
    });
    this.#questions = questions;
    this.#subscription = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument(({ document }) => questions.written(document.uri.toString())),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        questions.forget(uri.toString());
        this.#meanings.delete(uri.toString());
      }),
      language.onDidCheck((uri) => {
        questions.outdate(uri);
        this.#changed.fire(uri);
      }),
      this.#changed,
    );
  }

  /** As `describeDocument`, once nobody has written in it for a moment. */
  of(document: vscode.TextDocument): Promise<WorkflowFile | null> {
    return isOurs(document) ? this.#questions.of(document.uri.toString()) : Promise.resolve(null);
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  /** Until it is known what a text means, what it meant before counts: what is shown by it would come and go with each word. */
  #withMeaning(uri: string, file: WorkflowFile | null): WorkflowFile | null {
    if (file === null) return null;
    const { fingerprint, isBroken } = file.workflow;
    const isKnown = isBroken || fingerprint !== null;
    const meaning = (isKnown ? null : this.#meanings.get(uri)) ?? { fingerprint, isBroken };
    this.#meanings.set(uri, meaning);
    return { ...file, workflow: { ...file.workflow, ...meaning } };
  }
}
