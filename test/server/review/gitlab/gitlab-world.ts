import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { scratchFolder, ScratchRepository } from "../../source/scratch-repository.js";
import { createReviewWorld, type ReviewWorld } from "../review-world.js";
import { FakeGitlab } from "./fake-gitlab.js";

/** The whole service, with a project at a GitLab, and at a GitHub another one. */
export interface GitlabWorld {
  readonly gitlab: FakeGitlab;
  /** The other host, and the service. */
  readonly both: ReviewWorld;
  /** The repository of the project at the GitLab. */
  readonly origin: ScratchRepository;
  /** The file with the access token. */
  readonly tokenFile: string;
  /** Commits exactly these files to main, and waits until that is decided. Returns the commit. */
  push(files: Readonly<Record<string, string>>): Promise<string>;
  /** Commits files beside those of main as the head of a merge request. */
  change(number: number, files: Readonly<Record<string, string>>): Promise<string>;
  stop(): Promise<void>;
}

export const FLOWS = {
  "headwater.yaml": "project: data\n",
  "daily.workflow.yaml":
    'workflow: daily\ntriggers: { schedule: "0 6 * * *" }\nsteps: { a: { run: echo } }\n',
};

/** Where people are told that they reach the service. */
export const PUBLIC_URL = "https://headwater.example";

/** Follows a repository of each. */
export async function createGitlabWorld(): Promise<GitlabWorld> {
  const gitlab = await FakeGitlab.start();
  const scratch = await scratchFolder();
  const tokenFile = join(scratch.folder, "token");
  await writeFile(tokenFile, `${gitlab.token}\n`);
  const both = await createReviewWorld(undefined, {
    HEADWATER_PUBLIC_URL: PUBLIC_URL,
    HEADWATER_GITLAB_URL: gitlab.url,
    HEADWATER_GITLAB_TOKEN_FILE: tokenFile,
    HEADWATER_GITLAB_WEBHOOK_SECRET: "the new one",
    HEADWATER_GITLAB_WEBHOOK_SECRET_BEFORE: gitlab.secret,
  });
  gitlab.gitUrl = both.git.url;
  gitlab.hookUrl = () => `${both.url}/api/v1/hooks/gitlab`;
  const origin = await ScratchRepository.create(join(both.origin.folder, "..", "data", "flows.git"));
  await origin.commit(FLOWS);
  const call = async (path: string, body: object): Promise<void> => {
    const headers = { "content-type": "application/json" };
    const sent = { method: "POST", headers, body: JSON.stringify(body) };
    const done = await fetch(`${both.url}/api/v1/repositories${path}`, sent);
    if (!done.ok) throw new TypeError(await done.text());
  };
  await call("", { url: gitlab.cloneUrl, name: "data" });
  return {
    gitlab,
    both,
    origin,
    tokenFile,
    async push(files) {
      const commit = await origin.commit(files);
      await call("/data/sync", {});
      return commit;
    },
    async change(number, files) {
      const branch = `work-${number}`;
      await origin.git("branch", "--force", branch, "main");
      const message = `Change ${number}`;
      const head = await origin.commit({ ...FLOWS, ...files }, { branch, message });
      await origin.git("update-ref", `refs/merge-requests/${number}/head`, head);
      return head;
    },
    async stop() {
      await both.stop();
      await gitlab.stop();
      await scratch.remove();
    },
  };
}

/** A new token, at the host and in the file, or at the host alone. */
export async function renewToken({ gitlab, tokenFile }: GitlabWorld, token: string): Promise<void> {
  gitlab.token = token;
  await writeFile(tokenFile, `${token}\n`);
}
