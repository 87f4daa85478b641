import { systemClock } from "#server/clock.js";
import { GithubHost } from "#server/review/github/github-host.js";
import { GitlabHost } from "#server/review/gitlab/gitlab-host.js";
import type { ReviewHost } from "#server/review/review-host.js";
import { FakeGithub } from "./fake-github.js";
import { FakeGitlab } from "./gitlab/fake-gitlab.js";

/** A check of a commit, or a status. */
export interface SeenCheck {
  readonly head: string;
  /** Of the pull request; null where those of one commit have one check. */
  readonly number: number | null;
  readonly isOpen: boolean;
  readonly hasFailed: boolean;
  readonly title: string;
}

/** A comment of the service. */
interface SeenComment {
  /** Of the pull request. */
  readonly number: number;
  readonly body: string;
}

/** A host, as a test sees it whose service is killed. */
export interface CrashHost {
  readonly name: "github" | "gitlab";
  readonly cloneUrl: string;
  /** As the service asks it. */
  connect(): ReviewHost;
  /** Webhooks go there. */
  hook(url: string): void;
  propose(number: number, head: string): Promise<unknown>;
  comment(number: number, text: string): Promise<unknown>;
  close(number: number): Promise<unknown>;
  /** A merge queue asks of a commit; null where there is none. */
  readonly queue: ((head: string) => Promise<unknown>) | null;
  /** Those that are open: their heads by number. */
  open(): ReadonlyMap<number, string>;
  checks(): readonly SeenCheck[];
  comments(): readonly SeenComment[];
  /** How many findings each head is told of that has failed. */
  findings(): readonly number[];
  /** What became of commits: `<commit> <state>`, as GitHub calls it. */
  deployments(): readonly string[];
  /** Whether a deployment is recorded that was never told before another one took its place. */
  readonly recordsPast: boolean;
  /** Whether each issue is open. */
  issues(): readonly boolean[];
  violations(): readonly string[];
  stop(): Promise<void>;
}

/** @see FakeGithub */
export async function startGithub(started?: FakeGithub): Promise<CrashHost> {
  const github = started ?? (await FakeGithub.start());
  github.limits.lift();
  github.cloneUrl = "http://127.0.0.1/acme/flows.git";
  github.permissions.set("ann", "write");
  const { appId, privateKey, secret, url: apiUrl } = github;
  const { deployments, issues } = github.afterMerge;
  const hasFailed = ({ conclusion }: { readonly conclusion: string | null }): boolean =>
    conclusion === "failure";
  return {
    name: "github",
    cloneUrl: github.cloneUrl,
    connect: () => new GithubHost({ appId, privateKey, webhookSecrets: [secret], apiUrl }, systemClock),
    hook: (url) => (github.hookUrl = url),
    propose: (number, head) => github.propose(number, head),
    comment: (number, text) => github.comment(number, text, "ann"),
    close: (number) => github.close(number),
    queue: (head) =>
      github.deliver("merge_group", (payload) => {
        const ref = `refs/heads/gh-readonly-queue/main/${head}`;
        const group = { head_sha: head, head_ref: ref, base_ref: "refs/heads/main" };
        Object.assign(payload["merge_group"] as object, group);
        payload["action"] = "checks_requested";
      }),
    open: () =>
      new Map(
        [...github.pulls].flatMap(([number, { state, head }]) =>
          state === "open" ? [[number, head] as const] : [],
        ),
      ),
    checks: () =>
      github.checks.map((check) => ({
        head: check.head,
        number: null,
        isOpen: check.status !== "completed",
        hasFailed: hasFailed(check),
        title: check.title,
      })),
    comments: () => github.comments.map(({ issue, body }) => ({ number: issue, body })),
    findings: () => github.checks.filter(hasFailed).map(({ annotations }) => annotations.length),
    recordsPast: true,
    deployments: () => deployments.map(({ sha, statuses }) => `${sha} ${statuses.at(-1)?.state ?? ""}`),
    issues: () => issues.map(({ state }) => state === "open"),
    violations: () => github.violations,
    stop: () => github.stop(),
  };
}

/** Of a merge request, by the branch of its head. */
function numberOf(ref: string): number {
  return Number(/^work-(\d+)$/.exec(ref)?.[1] ?? 0);
}

const STATES: Readonly<Record<string, string>> = {
  failed: "failure",
  running: "queued",
  canceled: "inactive",
};

/** @see FakeGitlab */
export async function startGitlab(): Promise<CrashHost> {
  const gitlab = await FakeGitlab.start();
  gitlab.members.set("ann", 40);
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const config = {
    url: gitlab.url,
    token: { text: gitlab.token },
    webhookSecrets: [gitlab.secret],
  };
  // What people write does not begin so.
  const notes = () => gitlab.notes.filter(({ body }) => body.startsWith("<!--"));
  return {
    name: "gitlab",
    cloneUrl: gitlab.cloneUrl,
    connect: () => new GitlabHost({ config, clock: systemClock, log }),
    hook: (url) => (gitlab.hookUrl = () => url),
    propose: (number, head) => gitlab.propose(number, head),
    comment: (number, text) => gitlab.comment(number, text, "ann"),
    close: (number) => gitlab.close(number, "closed"),
    queue: null,
    open: () =>
      new Map(
        [...gitlab.mergeRequests].flatMap(([iid, { state, sha }]) =>
          state === "opened" ? [[iid, sha] as const] : [],
        ),
      ),
    checks: () =>
      gitlab.statuses.map(({ sha, ref, state, description }) => ({
        head: sha,
        number: numberOf(ref),
        // Each is of the branch of one merge request, and that of one that is closed interests nobody.
        isOpen: gitlab.mergeRequests.get(numberOf(ref))?.state === "opened" && state === "running",
        hasFailed: state === "failed",
        title: description,
      })),
    comments: () => notes().map(({ iid, body }) => ({ number: iid, body })),
    findings: () =>
      notes()
        .filter(({ body }) => body.includes("#### Findings"))
        .map(({ body }) => body.split("- ❌").length - 1),
    recordsPast: false,
    deployments: () => gitlab.deployments.map(({ sha, status }) => `${sha} ${STATES[status] ?? status}`),
    issues: () => gitlab.issues.map(({ state }) => state === "opened"),
    violations: () => gitlab.violations,
    stop: () => gitlab.stop(),
  };
}
