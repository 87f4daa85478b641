import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { GIT_ENVIRONMENT } from "../../git-environment.js";

const exec = promisify(execFile);

/** A real repository that a test writes to, without a working copy: every commit is made from what the test gives. */
export class ScratchRepository {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(folder: string): Promise<ScratchRepository> {
    await mkdir(folder, { recursive: true });
    const repository = new ScratchRepository(folder);
    await repository.git("init", "--bare", "--quiet", "--initial-branch=main", ".");
    return repository;
  }

  async git(...args: readonly string[]): Promise<string> {
    const { stdout } = await exec("git", [...args], { cwd: this.folder, env: GIT_ENVIRONMENT });
    return stdout.trim();
  }

  /** Commits exactly these files to the branch; returns the commit. */
  async commit(
    files: Readonly<Record<string, string | Buffer>>,
    options: { readonly branch?: string; readonly message?: string; readonly orphan?: boolean } = {},
  ): Promise<string> {
    const lines = await Promise.all(
      Object.entries(files).map(async ([path, text]) => `100644 blob ${await this.blob(text)}\t${path}`),
    );
    return this.commitTree(await this.treeOf(lines), options);
  }

  /** A tree of nested folders from `ls-tree` lines, through an index of its own. */
  async treeOf(lines: readonly string[]): Promise<string> {
    const index = join(this.folder, `index-${Math.random()}`);
    const environment = { ...GIT_ENVIRONMENT, GIT_INDEX_FILE: index };
    const entries = lines.map((line) => `${line.replace(/^(\d+) \w+ /, "$1 ")}\0`).join("");
    await this.feed(["update-index", "-z", "--index-info"], entries, environment);
    return this.feed(["write-tree", "--missing-ok"], "", environment);
  }

  /** A tree of one folder as it is given, however hostile. */
  mktree(lines: readonly string[]): Promise<string> {
    return this.feed(["mktree", "-z", "--missing"], lines.map((line) => `${line}\0`).join(""));
  }

  blob(text: string | Buffer): Promise<string> {
    return this.feed(["hash-object", "-w", "--stdin"], text);
  }

  async commitTree(
    tree: string,
    {
      branch = "main",
      message = "A change",
      orphan = false,
    }: { readonly branch?: string; readonly message?: string; readonly orphan?: boolean } = {},
  ): Promise<string> {
    const parent = orphan
      ? ""
      : await this.git("for-each-ref", "--format=%(objectname)", `refs/heads/${branch}`);
    const parents = parent === "" ? [] : ["-p", parent];
    const commit = await this.git("commit-tree", tree, ...parents, "-m", message);
    await this.git("update-ref", `refs/heads/${branch}`, commit);
    return commit;
  }

  feed(
    args: readonly string[],
    input: string | Buffer,
    env: NodeJS.ProcessEnv = GIT_ENVIRONMENT,
  ): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn("git", [...args], { cwd: this.folder, env });
      let output = "";
      let complaint = "";
      child.stdout.on("data", (chunk) => (output += String(chunk)));
      child.stderr.on("data", (chunk) => (complaint += String(chunk)));
      child.on("close", (code) => (code === 0 ? resolve(output.trim()) : reject(new Error(complaint))));
      // A command that needs no input may be gone before it is offered any.
      child.stdin.on("error", () => undefined);
      child.stdin.end(input);
    });
  }
}

/** A folder of its own for a test; the returned function deletes it. */
export async function scratchFolder(): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "headwater-"));
  return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Writes a file and the folders it is in. */
export async function writeInto(folder: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}
