import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { describe, it } from "mocha";
import type { SourceTree } from "@headwater/workflow";
import { createChangeFeed } from "#server/changes/change-feed.js";
import { systemClock } from "#server/clock.js";
import { systemIds } from "#server/ids.js";
import { Compilers } from "#server/review/compiler/compilers.js";
import { createReview, type ReviewOptions } from "#server/review/create-review.js";
import { GithubHost } from "#server/review/github/github-host.js";
import type { Review } from "#server/review/review.js";
import type { ReviewHost } from "#server/review/review-host.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import type { PreviewRow } from "#server/store/previews.js";
import type { RunRow, Store } from "#server/store/store.js";
import { until } from "../../until.js";
import { deployment } from "../store/store-rows.js";
import { scratchFolder } from "../source/scratch-repository.js";
import { FakeGithub } from "./fake-github.js";

const CRASHES = Number(process.env["CRASHES"] ?? 20);
const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e6));
const STEPS_MAX = 60;
const FINDINGS = 60;
const PLAN = "<!-- headwater plan -->";
/** What was proposed in lives that were short is left to the last one: the more there were the more that is. */
const SETTLED_MS = 60_000 + CRASHES * 500;

describe("reviews, when the service is killed at any moment", () => {
  it(`leave no check open, and find nothing twice: SEED=${SEED} CRASHES=${CRASHES}`, async () => {
    const world = await createCrashWorld();
    try {
      const random = randomFrom(SEED);
      for (let crash = 1; crash <= CRASHES; crash += 1) {
        const life = new Life(1 + Math.floor(random() * STEPS_MAX));
        if (crash % 5 === 0) await world.decide(crash);
        await world.begin(life);
        await world.github.propose(crash, headOfChange(crash));
        await happen(world, crash, 1 + Math.floor(random() * crash));
        await life.died;
      }
      await world.begin(new Life(Infinity));
      await until("every head has its check, and none is open", () => isSettled(world.github), SETTLED_MS);
      for (const number of world.github.pulls.keys()) await world.github.close(number);
      await until("no preview is left", () => world.previews.size === 0, SETTLED_MS);
      assert.deepEqual(world.github.violations, []);
      assert.deepEqual(twiceSaid(world.github), []);
      const whole = world.github.checks.filter(({ conclusion }) => conclusion === "failure");
      const counts = whole.map(({ annotations }) => annotations.length);
      assert.deepEqual([...new Set(counts)], [FINDINGS]);
      await assertDecisionsTold(world.github);
    } finally {
      await world.stop();
    }
  }).timeout(4 * SETTLED_MS);
});

/** Beside the pull request that is new: something about an earlier one, or about main. */
async function happen(world: CrashWorld, crash: number, earlier: number): Promise<void> {
  const { github } = world;
  switch (crash % 6) {
    case 0:
      return void (await github.comment(earlier, "/headwater plan", "ann"));
    case 1:
      return void (await github.comment(earlier, "/headwater preview w", "ann"));
    case 2:
      return void (await github.close(earlier));
    case 3:
      return world.queue(headOfQueue(crash));
    case 4:
      return world.move(headOfMain(crash));
    default:
      return void (await github.comment(earlier, "/headwater help", "ann"));
  }
}

/** Of two looks at one commit the first may have been overtaken. Nobody need look at what was closed. */
function isSettled({ checks, comments, pulls }: FakeGithub): boolean {
  const open = [...pulls].filter(([, { state }]) => state === "open");
  const queued = Array.from({ length: CRASHES }, (_, index) => index + 1).filter((crash) => crash % 6 === 3);
  const heads = [...open.map(([, { head }]) => head), ...queued.map(headOfQueue)];
  return (
    checks.every(({ status }) => status === "completed") &&
    heads.every((head) => checks.some((check) => check.head === head && check.conclusion === "failure")) &&
    open.every(([number]) => comments.some(({ issue, body }) => issue === number && body.startsWith(PLAN)))
  );
}

/** Comments of ours that are there more than once, by pull request and marker. */
function twiceSaid({ comments }: FakeGithub): readonly string[] {
  const said = comments.map(({ issue, body }) => `${issue} ${body.split("\n", 1)[0] ?? ""}`);
  return said.filter((name, index) => said.indexOf(name) !== index);
}

/** Each deployment once, in the state that is true in the end, and one issue. */
async function assertDecisionsTold({ afterMerge: { deployments, issues } }: FakeGithub): Promise<void> {
  const decided = Array.from({ length: Math.floor(CRASHES / 5) }, (_, index) => 5 * (index + 1));
  const expected = decided.map((crash, index) => {
    const isLast = index === decided.length - 1;
    const state = !isHeld(crash) ? "failure" : isLast ? "queued" : "inactive";
    return `${headOf(crash)} ${state}`;
  });
  const told = (): readonly string[] =>
    deployments.map(({ sha, statuses }) => `${sha} ${statuses.at(-1)?.state ?? ""}`).toSorted();
  await until("deployments are told", () => told().join() === expected.toSorted().join(), SETTLED_MS);
  const isOpen = decided.length > 0 && !isHeld(decided.at(-1) ?? 0);
  await until("the issue is told", () => issues.some(({ state }) => state === "open") === isOpen, SETTLED_MS);
  assert.ok(issues.length <= 1, `${issues.length} issues`);
}

/** Of 20 crashes the last decision is a refusal. */
function isHeld(crash: number): boolean {
  return crash % 10 !== 0;
}

/** As long as it lives, each thing that it asks of the world is a step; after the last one nothing that it asked is ever answered. */
class Life {
  readonly died: Promise<void>;
  /** What was sent and is not answered: the host has it, whoever is killed, and the disk has it before the next life looks. */
  underWay = 0;
  #steps: number;
  #die: () => void = () => undefined;

  constructor(steps: number) {
    this.#steps = steps;
    this.died = new Promise((resolve) => (this.#die = resolve));
  }

  async step(): Promise<void> {
    this.#steps -= 1;
    if (this.#steps > 0) return;
    this.#die();
    await new Promise(() => undefined);
  }

  /** Killed before or after each call, so that it was done or was not. @param isCounted whether what is under way is counted here */
  of<Part extends object>(part: Part, isCounted = true): Part {
    return new Proxy(part, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function" || name === "readDelivery" || name === "health") return method;
        return async (...args: readonly unknown[]) => {
          await this.step();
          if (isCounted) this.underWay += 1;
          try {
            const answer: unknown = await method.apply(target, args);
            return answer;
          } finally {
            if (isCounted) this.underWay -= 1;
            await this.step();
          }
        };
      },
    });
  }
}

interface CrashWorld {
  readonly github: FakeGithub;
  /** That go on, by pull request. */
  readonly previews: ReadonlyMap<number, PreviewRow>;
  begin(life: Life): Promise<void>;
  /** What came of a commit of main is recorded: by turns it is held and refused. */
  decide(crash: number): Promise<void>;
  /** A merge queue asks of a commit. */
  queue(head: string): Promise<void>;
  /** Main has another head, with which a merge gives something else. */
  move(head: string): Promise<void>;
  stop(): Promise<void>;
}

async function createCrashWorld(): Promise<CrashWorld> {
  const scratch = await scratchFolder();
  const store = createSqliteStore({ dataFolder: join(scratch.folder, "data"), clock: systemClock });
  await store.start();
  const github = await FakeGithub.start();
  github.limits.lift();
  github.cloneUrl = "http://127.0.0.1/acme/flows.git";
  github.permissions.set("ann", "write");
  const repository = {
    id: "repo_1",
    name: "flows",
    url: github.cloneUrl,
    branch: "main",
    createdAt: 1,
    checkedAt: null,
    follows: "branch" as const,
    declared: null,
    problem: null,
  };
  const main = { head: headOfMain(0) };
  await store.saveRepository({ ...repository, headCommit: main.head });
  const previews = new Map<number, PreviewRow>();
  const compilers = new Compilers({ clock: systemClock });
  const lives: { review: Review; life: Life }[] = [];
  const hook = createServer((request, response) => void answer(request, response));
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const current = lives.at(-1)!;
    const received = current.review.receive(request.headers, body).then(() => 202);
    response.writeHead(await Promise.race([received, current.life.died.then(() => 503)])).end();
  }
  await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
  github.hookUrl = `http://127.0.0.1:${(hook.address() as AddressInfo).port}`;
  return {
    github,
    previews,
    async queue(head) {
      const ref = `refs/heads/gh-readonly-queue/main/${head}`;
      await github.deliver("merge_group", (payload) => {
        const group = { head_sha: head, head_ref: ref, base_ref: "refs/heads/main" };
        Object.assign(payload["merge_group"] as object, group);
        payload["action"] = "checks_requested";
      });
    },
    async move(head) {
      main.head = head;
      await store.saveRepository({ ...repository, headCommit: head });
    },
    async decide(crash) {
      const status = isHeld(crash) ? "held" : "refused";
      const facts = { repositoryId: "repo_1", commit: headOf(crash), status, endedAt: Date.now() } as const;
      await store.recordDeployment(deployment(`dep_${crash}`, facts));
    },
    async begin(life) {
      const before = lives.at(-1)?.life;
      await until("what was sent before is answered", () => (before?.underWay ?? 0) === 0);
      const review = createReview(optionsOf(life, { github, store, compilers, main, previews }));
      lives.push({ review, life });
      await Promise.race([review.start(), life.died]);
    },
    async stop() {
      await lives.at(-1)?.review.stop();
      await compilers.stop();
      await new Promise((resolve) => hook.close(resolve));
      await github.stop();
      await store.stop();
      await scratch.remove();
    },
  };
}

function optionsOf(
  life: Life,
  {
    github,
    store,
    compilers,
    main,
    previews,
  }: {
    readonly github: FakeGithub;
    readonly store: Store;
    readonly compilers: Compilers;
    readonly main: { readonly head: string };
    readonly previews: Map<number, PreviewRow>;
  },
): ReviewOptions {
  const { appId, privateKey, secret, url: apiUrl } = github;
  const host = new GithubHost({ appId, privateKey, webhookSecrets: [secret], apiUrl }, systemClock);
  const steps = Array.from({ length: FINDINGS }, (_, index) => `  s${index}: { run: echo, nedes: [] }\n`);
  const before = treeOf({ "headwater.yaml": "project: p\n" });
  const files = {
    "headwater.yaml": "project: p\n",
    "w.workflow.yaml": `workflow: w\nsteps:\n${steps.join("")}`,
  };
  const also = { "x.workflow.yaml": "workflow: x\nsteps: { a: { run: echo } }\n" };
  const afters = [treeOf(files), treeOf({ ...files, ...also })] as const;
  const source = {
    previewMerge: async () => ({
      base: main.head,
      headTree: "t".repeat(40),
      read: async () => ({ before, after: afters[isOdd(main.head) ? 1 : 0] }),
    }),
    hint: async () => 0,
    forgetPreview: async () => undefined,
    changeRepository: () => Promise.reject(new TypeError("nothing is renamed here")),
  };
  return {
    host: life.of(betweenWrites(life, host), false),
    hostName: "github",
    store: life.of({ ...store, listPreviews: async () => [...previews.values()] }),
    source: life.of(source),
    previews: life.of({
      async begin({ change, commit, workflow, place }) {
        const environment = `preview-${change}`;
        const of = { repositoryId: "repo_1", change, project: "p", environment, commit, workflow };
        previews.set(change, { ...of, runId: "run_0", place, isEnding: false });
        // Nobody reads it: how a run goes is told from the store.
        return {} as RunRow;
      },
      async end({ change }) {
        previews.delete(change);
      },
    } satisfies ReviewOptions["previews"]),
    // Of all lives, because their processes have nothing to lose; what a life that is over would read never comes.
    compilers: {
      compare: async (turn, read) => {
        const comparison = await read();
        return compilers.compare(turn, async () => comparison);
      },
      supersede: (name) => compilers.supersede(name),
      stop: async () => undefined,
    },
    feed: createChangeFeed({ boot: "b", remembered: 10 }),
    publicUrl: null,
    clock: systemClock,
    ids: systemIds,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    begunAfterMs: 0,
    sweepMs: 100,
    writesPerMinute: 1_000_000,
    writesPerHour: 1_000_000,
    // Each life begins when nothing is under way.
    underWayMsMax: 0,
  };
}

/** Also between the requests of which one write is made. */
function betweenWrites(life: Life, host: GithubHost): ReviewHost {
  return new Proxy<ReviewHost>(host, {
    get(target, name) {
      if (name === "write") {
        const write: ReviewHost["write"] = async (wanted, context) => {
          let sent = 0;
          const answered = (): void => {
            life.underWay -= sent;
            sent = 0;
          };
          const permit = async (): Promise<void> => {
            answered();
            await context.permit();
            await life.step();
            life.underWay += 1;
            sent = 1;
          };
          return target.write(wanted, { ...context, permit }).finally(answered);
        };
        return write;
      }
      const method: unknown = Reflect.get(target, name);
      return typeof method === "function" ? (method.bind(target) as unknown) : method;
    },
  });
}

function treeOf(files: Readonly<Record<string, string>>): SourceTree {
  return {
    paths: Object.keys(files).sort(),
    contentId: (path) => files[path],
    read: (path) => (files[path] === undefined ? undefined : Buffer.from(files[path])),
  };
}

function headOf(number: number): string {
  return String(number).padStart(40, "0");
}

/** The last digit tells of one, whichever it is of. */
function isOdd(head: string): boolean {
  return Number(head.at(-1)) % 2 === 1;
}

function headOfQueue(crash: number): string {
  return headOf(100_000 + crash);
}

/** What main is at after a crash: each time that it moves another merge. */
function headOfMain(crash: number): string {
  return headOf(200_000 + Math.floor(crash / 6));
}

/** Every fourth is of the same commit as the one before, into another branch say: they are looked at side by side. */
function headOfChange(number: number): string {
  return headOf(number % 4 === 0 ? number - 1 : number);
}

/** Mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
