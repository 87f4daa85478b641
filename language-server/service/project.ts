import {
  compileProject,
  compileProjectInSteps,
  createCompileCache,
  fileKind,
  lastOf,
  type CompileCache,
  type CompiledProject,
  type CompiledWorkflow,
  type CompileOptions,
  type Diagnostic as Finding,
  type SourceTree,
} from "@headwater/workflow";
import {
  modelTree,
  occurrencesOf,
  readFileModel,
  readFileModelInSteps,
  readSettings,
  namedFiles,
  type FileModel,
  type NamedFile,
  type Occurrence,
} from "@headwater/workflow/navigation";
import { TextDocument } from "vscode-languageserver-textdocument";
import { unescaped } from "./canonical-uri.js";
import type { FileStore } from "./file-store.js";
import { SettledModels } from "./settled-models.js";

interface ProjectOptions {
  readonly files: FileStore;
  /** The wall clock, epoch milliseconds. */
  readonly now: () => number;
  /** What is known of other versions of its files; default: nothing. */
  readonly cache?: CompileCache;
}

/** What a file says by names. */
interface FileNames {
  readonly occurrences: readonly Occurrence[];
  /** Files that it names. */
  readonly files: readonly NamedFile[];
  /** YAML has nothing against it: no name is lost. */
  readonly isWhole: boolean;
}

/**
 * The files of one project, and what the compiler makes of them: made when it is asked for, and kept while every file that it
 * was made of is the same. Addresses of files are `root` and their path, percent-encoded as the editor does.
 */
export class Project {
  /** The address of its folder, with a `/` at the end. */
  readonly root: string;
  readonly #files: FileStore;
  readonly #cache: CompileCache;
  readonly #settled = new SettledModels();
  #uris: ReadonlyMap<string, string> = new Map();
  #paths: readonly string[] = [];
  #sources: readonly string[] | null = null;
  #compiled: CompiledProject | null = null;
  #lastCompiled: CompiledProject | null = null;
  #findings: Map<string, Finding[]> | null = null;
  #modelTree: SourceTree | null = null;
  #edition = 0;
  readonly #now: () => number;

  constructor(root: string, { files, now, cache = createCompileCache() }: ProjectOptions) {
    this.root = root;
    this.#files = files;
    this.#now = now;
    this.#cache = cache;
  }

  /** The same files, so far, and what was made of them, for one more of which no other shall know. */
  fork(): Project {
    return new Project(this.root, { files: this.#files, now: this.#now, cache: this.#cache });
  }

  /** The addresses of its files. */
  get uris(): readonly string[] {
    return [...this.#uris.values()];
  }

  /** Which files the project has, by address; a draft is in no folder, so its path is said. */
  setFiles(uris: readonly string[], draft?: { readonly path: string; readonly uri: string }): void {
    const below = uris.map((uri): [string, string] => [this.pathOf(uri), uri]);
    this.#uris = new Map(draft === undefined ? below : [...below, [draft.path, draft.uri]]);
    this.#paths = [...this.#uris.keys()].sort();
    this.#sources = null;
    this.invalidate();
  }

  /** The content of some file is another one. */
  invalidate(): void {
    this.#edition += 1;
    this.#lastCompiled = this.#compiled ?? this.#lastCompiled;
    this.#compiled = null;
    this.#findings = null;
    this.#modelTree = null;
  }

  /** Another number whenever something changed. */
  get edition(): number {
    return this.#edition;
  }

  /** What the compiler is given. */
  get tree(): SourceTree {
    const find = (path: string): ReturnType<FileStore["find"]> => {
      const uri = this.#uris.get(path);
      return uri === undefined ? undefined : this.#files.find(uri);
    };
    return {
      paths: this.#paths,
      contentId: (path) => find(path)?.contentId,
      read: (path) => find(path)?.read(),
    };
  }

  /** The paths of the files that workflows may name: templates, scripts, queries, notebooks, and those of the language. */
  get sources(): readonly string[] {
    return (this.#sources ??= this.#paths.filter(isSource));
  }

  /** The address of a path; of a file that is not there the one that it would have. */
  uriOf(path: string): string {
    return this.#uris.get(path) ?? this.root + path.split("/").map(encodeURIComponent).join("/");
  }

  /** The version of a document that is open; null for another file. */
  versionOf(uri: string): number | null {
    return this.#files.document(uri)?.version ?? null;
  }

  /** The path of an address below the root. */
  pathOf(uri: string): string {
    return unescaped(uri.slice(this.root.length));
  }

  /** What is wrong, by path; a path without findings is not in it. */
  findings(): ReadonlyMap<string, readonly Finding[]> {
    if (this.#findings === null) {
      this.#findings = new Map();
      for (const finding of this.compile().diagnostics) {
        const known = this.#findings.get(finding.file);
        if (known === undefined) this.#findings.set(finding.file, [finding]);
        else known.push(finding);
      }
    }
    return this.#findings;
  }

  /** In one piece, where `compileInSteps` has not done it: nobody who writes may wait for that. */
  compile(): CompiledProject {
    return (this.#compiled ??= compileProject(this.tree, this.#cache, this.#options()));
  }

  /** What was compiled of the files as they are; null while that was not done. */
  get compiled(): CompiledProject | null {
    return this.#compiled;
  }

  /** A text as the bytes of a file. */
  encode(text: string): Uint8Array {
    return this.#files.encode(text);
  }

  /**
   * Other files in the place of these, such as those of another commit, file by file: what is the same in both is not compiled again.
   * @yields nothing, after each file
   */
  compileBeside(tree: SourceTree, options: CompileOptions): Generator<undefined, CompiledProject> {
    return compileProjectInSteps(tree, this.#cache, options);
  }

  /**
   * A work in steps on the files as they are, begun anew when one of them changes meanwhile.
   * @yields nothing, as the work does
   */
  *whileSame<T>(begin: () => Generator<undefined, T>): Generator<undefined, T> {
    for (;;) {
      const edition = this.#edition;
      const work = begin();
      while (edition === this.#edition) {
        const step = work.next();
        if (step.done === true) return step.value;
        yield;
      }
    }
  }

  /** Hints too: an editor shows them faintly. */
  #options(): CompileOptions {
    return { hints: true, today: this.#now() };
  }

  /**
   * The same, file by file; from the beginning when something changes meanwhile, but what is done is done.
   * @yields nothing, after each file
   */
  *compileInSteps(): Generator<undefined, void> {
    if (this.#compiled !== null) return;
    this.#compiled = yield* this.whileSame(() =>
      compileProjectInSteps(this.tree, this.#cache, this.#options()),
    );
  }

  /** What stands in a file; null for a file that is none of the language. Ask only for what is open: models are large. */
  model(path: string): FileModel | null {
    return this.#modelIn(this.#treeOfModels, path);
  }

  /** The names of a file. */
  occurrences(path: string): readonly Occurrence[] {
    return this.fileNames(path).occurrences;
  }

  /** What a file says by names. */
  fileNames(path: string): FileNames {
    return this.told("names", path, namesIn);
  }

  /** What is told of a file as it is; `what` names it. The model of one that nobody has open is not kept. */
  told<T>(what: string, path: string, tell: (model: FileModel | null) => T): T {
    return this.#cache.reuse({ what, of: path }, this.#treeOfModels, (watched) =>
      tell(this.isOpen(path) ? this.#modelIn(watched, path) : readFileModel(path, watched, this.#cache)),
    );
  }

  /**
   * Makes the names of all files known.
   * @yields nothing, after each file
   */
  *readNames(): Generator<undefined, void> {
    for (const path of this.#paths) {
      if (fileKind(path) === null) continue;
      this.fileNames(path);
      yield;
    }
  }

  /** Whether the editor has a file open. */
  isOpen(path: string): boolean {
    return this.#files.document(this.uriOf(path)) !== undefined;
  }

  get #treeOfModels(): SourceTree {
    return (this.#modelTree ??= modelTree(this.tree, this.#cache));
  }

  #modelIn(tree: SourceTree, path: string): FileModel | null {
    return this.#cache.reuse({ what: "model", of: path }, tree, (watched) =>
      readFileModel(path, watched, this.#cache),
    );
  }

  /** Makes of an open file what is answered from while somebody writes in it; see `settledModel`. */
  settle(path: string): FileModel | null {
    return lastOf(this.#settleInSteps(path));
  }

  *#settleInSteps(path: string): Generator<undefined, FileModel | null> {
    const { value: model } = yield* this.#cache.makeInSteps(
      { what: "model", of: path },
      this.#treeOfModels,
      (watched) => readFileModelInSteps(path, watched, this.#cache),
    );
    if (model === null) return null;
    const settled = this.#settled.keep(model);
    yield;
    this.#settled.names(settled);
    return settled;
  }

  /** The names of the settled model of an open file, at its offsets. */
  settledNames(path: string): readonly Occurrence[] {
    const model = this.settledModel(path);
    return model === null ? [] : this.#settled.names(model);
  }

  /** The workflows as they were last compiled; none before the first time. */
  settledWorkflows(): readonly CompiledWorkflow[] {
    return (this.#compiled ?? this.#lastCompiled)?.workflows ?? [];
  }

  /** The name by which the service knows it; null when `headwater.yaml` says none. */
  get name(): string | null {
    return this.remember("settings", readSettings).settings.project;
  }

  /** What `headwater.yaml` says for all files, databases and plug-ins included. */
  get defaults(): ReturnType<typeof readSettings>["defaults"] {
    return this.remember("settings", readSettings).defaults;
  }

  /**
   * What was understood of a file when nobody was writing, or now when that never was: offsets may be those of an older text.
   * Of a file that is not open, what stands in it.
   */
  settledModel(path: string): FileModel | null {
    if (!this.isOpen(path)) return this.model(path);
    return this.#settled.find(path) ?? this.settle(path);
  }

  /**
   * Settles the files that are open.
   * @yields nothing, after each file, and within a workflow after some of its steps
   */
  *settleOpen(): Generator<undefined, void> {
    const open = this.#paths.filter((path) => this.isOpen(path));
    this.#settled.retain(new Set(open));
    for (const path of open) {
      yield* this.whileSame(() => this.#settleInSteps(path));
      yield;
    }
  }

  /** What is made of some files, while they are the same; `what` names it. */
  remember<T>(what: string, make: (tree: SourceTree) => T): T {
    return this.#cache.reuse({ what }, this.tree, make);
  }

  /** The text of a file, to find places in it. */
  document(path: string): TextDocument {
    const uri = this.uriOf(path);
    return this.#files.document(uri) ?? TextDocument.create(uri, "headwater", 0, this.#files.savedText(uri));
  }
}

function isSource(path: string): boolean {
  return fileKind(path) !== null || /\.(?:sql|sh|py|js|mjs|ipynb)$/.test(path);
}

function namesIn(model: FileModel | null): FileNames {
  if (model === null) return { occurrences: [], files: [], isWhole: true };
  return { occurrences: occurrencesOf(model), files: namedFiles(model), isWhole: model.isWhole };
}
