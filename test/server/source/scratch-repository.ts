import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { createStartProcess } from "#server/processes/create-start-process.js";
import { GIT_ENVIRONMENT } from "../../git-environment.js";

const startProcess = createStartProcess();
const COMMITTER = `${GIT_ENVIRONMENT.GIT_COMMITTER_NAME} <${GIT_ENVIRONMENT.GIT_COMMITTER_EMAIL}>`;

interface CommitOptions {
  /** Default `main`. */
  readonly branch?: string;
  readonly message?: string;
  /** Without a parent, whatever the branch has. */
  readonly orphan?: boolean;
}

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

  git(...args: readonly string[]): Promise<string> {
    return this.feed(args, "");
  }

  /** Commits exactly these files to the branch; returns the commit. */
  async commit(
    files: Readonly<Record<string, string | Buffer>>,
    options: CommitOptions = {},
  ): Promise<string> {
    const { branch = "main", message = "A change" } = options;
    const parent = await this.#parentOf(options);
    // All at once: a process for each file, tree and ref takes longer than what is tested.
    const stream = [
      `commit refs/heads/${branch}\nmark :1\ncommitter ${COMMITTER} now\n`,
      ...data(`${message}\n`),
      parent === null ? "" : `from ${parent}\n`,
      "deleteall\n",
      ...Object.entries(files).flatMap(([path, text]) => [
        `M 100644 inline ${JSON.stringify(path)}\n`,
        ...data(text),
      ]),
      "get-mark :1\n",
    ];
    const importer = ["fast-import", "--quiet", "--force", "--date-format=now"];
    return this.feed(importer, stream);
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

  async commitTree(tree: string, options: CommitOptions = {}): Promise<string> {
    const { branch = "main", message = "A change" } = options;
    const parent = await this.#parentOf(options);
    const parents = parent === null ? [] : ["-p", parent];
    const commit = await this.git("commit-tree", tree, ...parents, "-m", message);
    await this.git("update-ref", `refs/heads/${branch}`, commit);
    return commit;
  }

  async #parentOf({ branch = "main", orphan = false }: CommitOptions): Promise<string | null> {
    if (orphan) return null;
    const parent = await this.git("for-each-ref", "--format=%(objectname)", `refs/heads/${branch}`);
    return parent === "" ? null : parent;
  }

  async feed(
    args: readonly string[],
    input: string | Buffer | readonly (string | Buffer)[],
    env: Readonly<Record<string, string>> = GIT_ENVIRONMENT,
  ): Promise<string> {
    const command = { file: "git", args, cwd: this.folder, env, isTalkedTo: true };
    const { stdin, stdout, stderr, exited } = await startProcess(command);
    // A command that needs no input may be gone before it is offered any.
    stdin?.on("error", () => undefined);
    for (const part of [input].flat()) stdin?.write(part);
    stdin?.end();
    const [output, complaint, { code }] = await Promise.all([text(stdout), text(stderr), exited]);
    if (code !== 0) throw new Error(complaint);
    return output.trim();
  }
}

/** As `git fast-import` reads it. */
function data(text: string | Buffer): readonly (string | Buffer)[] {
  return [`data ${Buffer.byteLength(text)}\n`, text, "\n"];
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
