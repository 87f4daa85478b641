import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { createChangeFeed } from "#server/changes/change-feed.js";
import { systemClock, type Clock } from "#server/clock.js";
import { systemIds } from "#server/ids.js";
import { Compilers } from "#server/review/compiler/compilers.js";
import { createReview, type ReviewOptions } from "#server/review/create-review.js";
import type { Review } from "#server/review/review.js";
import type { ReviewHost } from "#server/review/review-host.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import type { PreviewRow } from "#server/store/previews.js";
import type { RunRow, Store } from "#server/store/store.js";
import { until } from "../../until.js";
import { deployment } from "../store/store-rows.js";
import { scratchFolder } from "../source/scratch-repository.js";
import type { CrashHost } from "./crash-host.js";
import { fileTreeOf } from "./file-tree.js";

/** Errors of each head. */
export const FINDINGS = 60;

/** As long as it lives, each thing that it asks of the world is a step; after the last one nothing that it asked is ever answered. */
export class Life {
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

  /** It has so many steps more. */
  endAfter(steps: number): void {
    this.#steps = steps;
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

/** A service that is killed, and what it is told of. */
export interface CrashWorld {
  /** Its head. */
  readonly main: string;
  /** That go on, by pull request. */
  readonly previews: ReadonlyMap<number, PreviewRow>;
  /** Nothing is compared until it is let go; who waits for that is told by its name. */
  hold(): { readonly waiting: readonly string[]; readonly release: () => void };
  begin(life: Life): Promise<void>;
  /** What came of a commit of main is recorded. */
  decide(commit: string, status: "held" | "refused"): Promise<void>;
  /** Main has another head, with which a merge gives something else. */
  move(head: string): Promise<void>;
  stop(): Promise<void>;
}

/** Follows the repository of that host, whose main is at `main`. */
export async function createCrashWorld(
  host: CrashHost,
  main: string,
  clock: Clock = systemClock,
): Promise<CrashWorld> {
  const scratch = await scratchFolder();
  const store = createSqliteStore({ dataFolder: join(scratch.folder, "data"), clock: systemClock });
  await store.start();
  const repository = {
    id: "repo_1",
    name: "flows",
    url: host.cloneUrl,
    branch: "main",
    createdAt: 1,
    checkedAt: null,
    follows: "branch" as const,
    declared: null,
    problem: null,
  };
  const branch = { head: main };
  await store.saveRepository({ ...repository, headCommit: main });
  const previews = new Map<number, PreviewRow>();
  const compilers = new Compilers({ clock: systemClock });
  const waiting: string[] = [];
  let release = (): void => undefined;
  const lives: { review: Review; life: Life }[] = [];
  const hook = createServer((request, response) => void answer(request, response));
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const current = lives.at(-1)!;
    const received = current.review.receive(request.headers, body).then(() => 202);
    response.writeHead(await Promise.race([received, current.life.died.then(() => 503)])).end();
  }
  await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
  host.hook(`http://127.0.0.1:${(hook.address() as AddressInfo).port}`);
  return {
    get main() {
      return branch.head;
    },
    previews,
    hold() {
      waiting.length = 0;
      const held = new Promise<never>((_, reject) => (release = () => reject(new RangeError("let go"))));
      const turn = { line: "repo_1", name: "held", isTrusted: true };
      void compilers.compare(turn, () => held).catch(() => undefined);
      return { waiting, release: () => release() };
    },
    async move(head) {
      branch.head = head;
      await store.saveRepository({ ...repository, headCommit: head });
    },
    async decide(commit, status) {
      const facts = { repositoryId: "repo_1", commit, status, endedAt: Date.now() } as const;
      await store.recordDeployment(deployment(`dep_${commit}`, facts));
    },
    async begin(life) {
      const before = lives.at(-1)?.life;
      await until("what was sent before is answered", () => (before?.underWay ?? 0) === 0);
      const review = createReview({
        ...optionsOf(life, { host, store, compilers, waiting, branch, previews }),
        clock,
      });
      lives.push({ review, life });
      await Promise.race([review.start(), life.died]);
    },
    async stop() {
      release();
      await lives.at(-1)?.review.stop();
      await compilers.stop();
      await new Promise((resolve) => hook.close(resolve));
      await host.stop();
      await store.stop();
      await scratch.remove();
    },
  };
}

function optionsOf(
  life: Life,
  {
    host,
    store,
    compilers,
    waiting,
    branch,
    previews,
  }: {
    readonly host: CrashHost;
    readonly store: Store;
    readonly compilers: Compilers;
    readonly waiting: string[];
    readonly branch: { readonly head: string };
    readonly previews: Map<number, PreviewRow>;
  },
): ReviewOptions {
  const steps = Array.from({ length: FINDINGS }, (_, index) => `  s${index}: { run: echo, nedes: [] }\n`);
  const before = fileTreeOf({ "headwater.yaml": "project: p\n" });
  const files = {
    "headwater.yaml": "project: p\n",
    "w.workflow.yaml": `workflow: w\nsteps:\n${steps.join("")}`,
  };
  const also = { "x.workflow.yaml": "workflow: x\nsteps: { a: { run: echo } }\n" };
  const afters = [fileTreeOf(files), fileTreeOf({ ...files, ...also })] as const;
  const source = {
    previewMerge: async () => ({
      base: branch.head,
      headTree: "t".repeat(40),
      read: async () => ({ before, after: afters[isOdd(branch.head) ? 1 : 0] }),
    }),
    hint: async () => 0,
    forgetPreview: async () => undefined,
    changeRepository: () => Promise.reject(new TypeError("nothing is renamed here")),
  };
  return {
    host: life.of(betweenWrites(life, host.connect()), false),
    hostName: host.name,
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
        waiting.push(turn.name);
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
    changesMax: Infinity,
  };
}

/** Also between the requests of which one write is made. */
function betweenWrites(life: Life, host: ReviewHost): ReviewHost {
  return new Proxy(host, {
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

/** The last digit tells of one, whichever it is of. A merge into one that is odd brings a workflow more, `x`. */
export function isOdd(head: string): boolean {
  return Number(head.at(-1)) % 2 === 1;
}
