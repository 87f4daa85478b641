import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";

/** A bare repository that is written without a working copy, which would take ten times as long with many files. */
export interface ScriptedRepository {
  /** Its folder. */
  readonly url: string;
  /** Commits so many files, by path; answers the commit. */
  commit(files: Readonly<Record<string, string>>): string;
  /** The head of its branch. */
  head(): string;
}

/** An empty one in a new folder. Its branch is `main`. */
export function createScriptedRepository(folder: string): ScriptedRepository {
  mkdirSync(folder, { recursive: true });
  runGit(folder, ["init", "-q", "--bare", "-b", "main"]);
  let edition = 0;
  const head = (): string => runGit(folder, ["rev-parse", "main"]).trim();
  return {
    url: folder,
    head,
    commit(files) {
      edition += 1;
      const author = `Bench <bench@localhost> ${1_780_000_000 + edition} +0000`;
      const parent = edition === 1 ? [] : ["from refs/heads/main^0"];
      const contents = Object.entries(files).map(
        ([path, text]) => `M 100644 inline ${path}\n${dataOf(text)}`,
      );
      const script = [
        "commit refs/heads/main",
        `committer ${author}`,
        dataOf(`Edition ${edition}`),
        ...parent,
        ...contents,
      ];
      runGit(folder, ["fast-import", "--quiet"], `${script.join("\n")}\n`);
      return head();
    },
  };
}

/** Of a git that knows nothing of whose machine it runs on; answers what it printed. */
export function runGit(cwd: string, args: readonly string[], input = ""): string {
  const env = { PATH: process.env["PATH"], GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
  return execFileSync("git", args, { cwd, env, input, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
}

/** Source: https://git-scm.com/docs/git-fast-import */
function dataOf(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}`;
}
