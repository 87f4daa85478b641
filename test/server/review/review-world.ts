import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { resolveConfig } from "#server/config.js";
import type { Log } from "#server/log.js";
import { startService, type Service } from "#server/main.js";
import type { FetchLimits } from "#server/source/mirror/limited-fetch.js";
import { startGitServer, type GitServer } from "../source/git-server.js";
import { scratchFolder, ScratchRepository } from "../source/scratch-repository.js";
import { FakeGithub } from "./fake-github.js";

/** The whole service, a real Git server and a GitHub, all on loopback. */
export interface ReviewWorld {
  readonly github: FakeGithub;
  readonly git: GitServer;
  readonly origin: ScratchRepository;
  readonly url: string;
  readonly dataFolder: string;
  readonly logged: string[];
  /** The service ends, in order, and another one begins on the same data. */
  restart(): Promise<void>;
  /** Follows the repository, or does not any more. */
  follow(isFollowed: boolean): Promise<void>;
  /** Commits exactly these files to main, and waits until that is decided. Returns the commit. */
  push(files: Readonly<Record<string, string>>): Promise<string>;
  /** Commits files beside those of main, or instead of them, as the head of a pull request. */
  change(
    number: number,
    files: Readonly<Record<string, string>>,
    options?: { readonly isWhole: boolean },
  ): Promise<string>;
  /** What a ref of the mirror points to; null when there is none. */
  mirrored(ref: string): Promise<string | null>;
  stop(): Promise<void>;
}

export const FLOWS = {
  "headwater.yaml": "project: flows\n",
  "daily.workflow.yaml":
    'workflow: daily\ntriggers: { schedule: "0 6 * * *" }\nsteps: { a: { run: echo } }\n',
};

export interface WorldOptions {
  /** Whether the environment names the App. */
  readonly hasApp?: boolean;
  /** How long one comparison of a fork may have the processor. */
  readonly forkMsMax?: number;
  /** What one fetch of a fork may take. */
  readonly forkLimits?: FetchLimits;
  /** Of each installation. Default: as many as there are. */
  readonly writesPerMinute?: number;
}

/** Not the minutes that a real host is given. */
const IMPATIENT = {
  retryMs: 50,
  writesPerMinute: 1_000_000,
  writesPerHour: 1_000_000,
  underWayMsMax: 0,
  lockedMs: 100,
};

/** Follows a repository whose main has these files. */
export async function createReviewWorld(
  files: Readonly<Record<string, string>> = FLOWS,
  environment: Readonly<Record<string, string>> = {},
  options: WorldOptions = {},
): Promise<ReviewWorld> {
  const { hasApp = true, ...patience } = options;
  const scratch = await scratchFolder();
  const github = await FakeGithub.start();
  github.limits.lift();
  await mkdir(join(scratch.folder, "hosts"));
  const git = await startGitServer(join(scratch.folder, "hosts"));
  const origin = await ScratchRepository.create(join(scratch.folder, "hosts", "acme", "flows.git"));
  await origin.commit(files);
  github.cloneUrl = `${git.url}/acme/flows.git`;
  const keyFile = join(scratch.folder, "app.pem");
  await writeFile(keyFile, github.privateKey);
  const dataFolder = join(scratch.folder, "data");
  const logged: string[] = [];
  const config = resolveConfig(
    { port: 0, dataFolder },
    {
      PATH: process.env["PATH"],
      HEADWATER_CONTAINERS: "off",
      HEADWATER_GITHUB_APP_ID: hasApp ? String(github.appId) : "",
      HEADWATER_GITHUB_PRIVATE_KEY_FILE: keyFile,
      HEADWATER_GITHUB_WEBHOOK_SECRET: "the new one",
      HEADWATER_GITHUB_WEBHOOK_SECRET_BEFORE: github.secret,
      HEADWATER_GITHUB_API_URL: github.url,
      ...environment,
    },
    scratch.folder,
  );
  const begin = async (): Promise<Service> => {
    const service = await startService({
      config,
      log: collect(logged),
      patience: { ...IMPATIENT, ...patience },
    });
    if (service === null) throw new TypeError("the service was not to be interrupted");
    github.hookUrl = `${service.url}/api/v1/hooks/github`;
    return service;
  };
  let service = await begin();
  const follow = async (isFollowed: boolean): Promise<void> => {
    const path = `${service.url}/api/v1/repositories`;
    const done = await (isFollowed
      ? fetch(path, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ url: github.cloneUrl }),
        })
      : fetch(`${path}/flows`, { method: "DELETE" }));
    if (!done.ok) throw new TypeError(await done.text());
  };
  await follow(true);
  return {
    github,
    git,
    origin,
    get url() {
      return service.url;
    },
    dataFolder,
    logged,
    follow,
    async restart() {
      await service.stop();
      service = await begin();
    },
    async push(pushed) {
      const commit = await origin.commit(pushed);
      const synced = await fetch(`${service.url}/api/v1/repositories/flows/sync`, { method: "POST" });
      if (!synced.ok) throw new TypeError(await synced.text());
      return commit;
    },
    async change(number, more, { isWhole } = { isWhole: false }) {
      const branch = `work-${number}`;
      await origin.git("branch", "--force", branch, "main");
      const head = await origin.commit(isWhole ? more : { ...files, ...more }, {
        branch,
        // Else two of the same content in the same second were one commit.
        message: `Change ${number}`,
      });
      await origin.git("update-ref", `refs/pull/${number}/head`, head);
      return head;
    },
    async mirrored(ref) {
      const [folder = ""] = await readdir(join(dataFolder, "mirrors"));
      const mirror = ["--git-dir", join(dataFolder, "mirrors", folder)];
      const found = await origin.git(...mirror, "for-each-ref", "--format=%(objectname)", ref);
      return found === "" ? null : found;
    },
    async stop() {
      await service.stop();
      await Promise.all([git.stop(), github.stop()]);
      await scratch.remove();
    },
  };
}

function collect(logged: string[]): Log {
  const keep = (message: string, fields: object = {}): void =>
    void logged.push(`${message} ${JSON.stringify(fields)}`);
  return { info: keep, warn: keep, error: keep };
}
