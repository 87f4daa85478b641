// A read-write file system in memory, schemes `memory` and `vscode-vfs`, filled from /workspace.json of the server that serves it.
const vscode = require("vscode");
const { FileType, FileChangeType, FileSystemError, Uri } = vscode;

const folder = () => ({ type: FileType.Directory, ctime: 0, mtime: 0, children: new Map() });
const file = (data, mtime) => ({ type: FileType.File, ctime: 0, mtime, data });
const partsOf = (uri) => uri.path.split("/").filter(Boolean);

class Files {
  #root = folder();
  #changed = new vscode.EventEmitter();
  #clock = 1;
  onDidChangeFile = this.#changed.event;

  fill(files) {
    for (const [path, text] of Object.entries(files)) {
      const parts = path.split("/");
      let at = this.#root;
      for (const part of parts.slice(0, -1)) {
        if (!at.children.has(part)) at.children.set(part, folder());
        at = at.children.get(part);
      }
      at.children.set(parts.at(-1), file(new TextEncoder().encode(text), 0));
    }
  }

  *paths(node = this.#root, path = "") {
    for (const [name, child] of node.children) {
      if (child.children) yield* this.paths(child, `${path}/${name}`);
      else yield `${path}/${name}`;
    }
  }

  watch() {
    return new vscode.Disposable(() => {});
  }
  stat(uri) {
    const { type, ctime, mtime, data } = this.#find(uri);
    return { type, ctime, mtime, size: data?.length ?? 0 };
  }
  readDirectory(uri) {
    return [...(this.#find(uri).children ?? [])].map(([name, { type }]) => [name, type]);
  }
  readFile(uri) {
    const { data } = this.#find(uri);
    if (data === undefined) throw FileSystemError.FileIsADirectory(uri);
    return data;
  }
  createDirectory(uri) {
    this.#put(uri, folder());
    this.#tell(FileChangeType.Created, uri);
  }
  writeFile(uri, data) {
    const isNew = this.#walk(partsOf(uri)) === undefined;
    this.#put(uri, file(new Uint8Array(data), this.#clock++));
    this.#tell(isNew ? FileChangeType.Created : FileChangeType.Changed, uri);
  }
  delete(uri) {
    this.#find(uri);
    const parts = partsOf(uri);
    this.#walk(parts.slice(0, -1)).children.delete(parts.at(-1));
    this.#tell(FileChangeType.Deleted, uri);
  }
  rename(from, to) {
    const node = this.#find(from);
    this.delete(from);
    this.#put(to, node);
    this.#tell(FileChangeType.Created, to);
  }

  #walk(parts) {
    return parts.reduce((node, part) => node?.children?.get(part), this.#root);
  }
  #find(uri) {
    const node = this.#walk(partsOf(uri));
    if (node === undefined) throw FileSystemError.FileNotFound(uri);
    return node;
  }
  #put(uri, node) {
    const parts = partsOf(uri);
    const parent = this.#walk(parts.slice(0, -1));
    if (parent?.children === undefined) throw FileSystemError.FileNotFound(uri);
    parent.children.set(parts.at(-1), node);
  }
  #tell(type, uri) {
    this.#changed.fire([{ type, uri }]);
  }
}

exports.activate = async ({ extensionUri, subscriptions }) => {
  const files = new Files();
  files.fill(await (await fetch(Uri.joinPath(extensionUri, "../workspace.json").toString(true))).json());
  // Ctrl+P needs a search of one's own for such a scheme; the server lets this extension have the proposed API.
  const search = {
    provideFileSearchResults: (_query, options) =>
      [...files.paths()].map((path) => options.folder.with({ path })),
  };
  for (const scheme of ["memory", "vscode-vfs"])
    subscriptions.push(
      vscode.workspace.registerFileSystemProvider(scheme, files, { isCaseSensitive: true }),
      vscode.workspace.registerFileSearchProvider(scheme, search),
    );
};
