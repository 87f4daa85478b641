import { fileKind, SETTINGS_PATH } from "@headwater/workflow";
import type { TextDocumentContentChangeEvent } from "vscode-languageserver-textdocument";
import { unescaped } from "./canonical-uri.js";
import { draftPath, isDraft } from "./draft-name.js";
import { FileStore, type Encoding } from "./file-store.js";
import { Project } from "./project.js";

/** A file of the language, and the project that it belongs to. */
export interface ProjectFile {
  readonly project: Project;
  readonly path: string;
}

/**
 * All that the editor has open and all that the disk holds, as projects: each folder with a `headwater.yaml` is one, with what is
 * below it and in no other; what is in none belongs to the folder that was opened, or to its own. A draft is checked as if it were saved
 * in the folder that was opened, in a project of which no other file knows.
 */
export class Workspace {
  readonly files: FileStore;
  #folders: readonly string[] = [];
  #projects = new Map<string, Project>();
  #drafts = new Map<string, ProjectFile>();
  #isSorted = true;

  readonly #now: () => number;

  /** @param now the wall clock, epoch milliseconds */
  constructor(encoding: Encoding, now: () => number) {
    this.files = new FileStore(encoding);
    this.#now = now;
  }

  /** The addresses of the folders that were opened. */
  setFolders(uris: readonly string[]): void {
    this.#folders = uris.map(withSlash).toSorted((one, other) => one.length - other.length);
    this.#isSorted = false;
  }

  open(uri: string, version: number, text: string): void {
    this.#noteChange(uri, this.files.open(uri, version, text));
  }

  change(uri: string, version: number, changes: readonly TextDocumentContentChangeEvent[]): void {
    this.files.change(uri, version, changes);
    this.#noteChange(uri, false);
  }

  close(uri: string): void {
    this.#noteChange(uri, this.files.close(uri));
  }

  /** What the disk has; null when the file is gone. */
  save(uri: string, content: Uint8Array | "listed" | null): void {
    this.#noteChange(uri, content === null ? this.files.remove(uri) : this.files.save(uri, content));
  }

  projects(): readonly Project[] {
    this.#sortFiles();
    return [...this.#projects.values()];
  }

  /** Documents that were never saved. */
  drafts(): readonly ProjectFile[] {
    this.#sortFiles();
    return [...this.#drafts.values()];
  }

  /** The project of a file; null for a file that is not known. */
  find(uri: string): ProjectFile | null {
    if (!this.files.has(uri)) return null;
    this.#sortFiles();
    const draft = this.#drafts.get(uri);
    if (draft !== undefined) return draft;
    const project = this.#projects.get(this.#rootOf(uri, new Set(this.#projects.keys())));
    return project === undefined ? null : { project, path: project.pathOf(uri) };
  }

  #noteChange(uri: string, isOfFiles: boolean): void {
    if (isOfFiles || this.#isDraftOfOtherPath(uri)) this.#isSorted = false;
    if (!this.#isSorted) return;
    this.find(uri)?.project.invalidate();
    if (!isDraft(uri)) for (const { project } of this.#drafts.values()) project.invalidate();
  }

  /** What somebody writes into a draft may make a template or a test of it. */
  #isDraftOfOtherPath(uri: string): boolean {
    const text = isDraft(uri) ? this.files.document(uri)?.getText() : undefined;
    return text !== undefined && this.#drafts.get(uri)?.path !== draftPath(uri, text);
  }

  #sortFiles(): void {
    if (this.#isSorted) return;
    this.#isSorted = true;
    const all = [...this.files.uris()];
    const uris = all.filter((uri) => !isDraft(uri));
    const roots = new Set(uris.filter((uri) => uri.endsWith(`/${SETTINGS_PATH}`)).map(folderOf));
    const byRoot = new Map<string, string[]>();
    for (const uri of uris) {
      const root = this.#rootOf(uri, roots);
      const own = byRoot.get(root);
      if (own === undefined) byRoot.set(root, [uri]);
      else own.push(uri);
    }
    this.#projects = new Map([...byRoot].map(([root, own]) => [root, this.#project(root, own)]));
    this.#drafts = new Map(all.filter(isDraft).map((uri) => [uri, this.#draft(uri)]));
  }

  #draft(uri: string): ProjectFile {
    const [root = ""] = this.#folders;
    const around = this.#projects.get(root);
    const path = draftPath(uri, this.files.document(uri)?.getText() ?? "");
    const project = around?.fork() ?? new Project(root, { files: this.files, now: this.#now });
    project.setFiles(around?.uris ?? [], { path, uri });
    return { project, path };
  }

  #project(root: string, uris: readonly string[]): Project {
    const project = this.#projects.get(root) ?? new Project(root, { files: this.files, now: this.#now });
    project.setFiles(uris);
    return project;
  }

  #rootOf(uri: string, roots: ReadonlySet<string>): string {
    // Of two that are opened, one in the other, the outer: a project does not end where somebody looks closer.
    const folder = this.#folders.find((opened) => uri.startsWith(opened)) ?? folderOf(uri);
    for (let at = folderOf(uri); at.length > folder.length; at = folderOf(at.slice(0, -1))) {
      if (roots.has(at)) return at;
    }
    return folder;
  }
}

/** Whether an address is of a file that the compiler reads by its name. */
export function isOfLanguage(uri: string): boolean {
  return fileKind(nameOf(uri)) !== null;
}

function nameOf(uri: string): string {
  return unescaped(uri.slice(uri.lastIndexOf("/") + 1));
}

function folderOf(uri: string): string {
  return uri.slice(0, uri.lastIndexOf("/") + 1);
}

function withSlash(uri: string): string {
  return uri.endsWith("/") ? uri : `${uri}/`;
}
