import { ApiError, type ApiErrorCode, type Client, type Run, type Step } from "@headwater/api";

/**
 * What a service has said that is so, over all its lives: runs that it has started, canceled and seen to succeed. A request
 * whose answer did not come is sent again to the next life, as anybody would.
 */
export class Told {
  /** Runs of `chain`, by the round that asked for them. */
  readonly chains = new Map<number, string>();
  /** Runs of `nap`, likewise. */
  readonly naps = new Map<number, string>();
  /** By run, by path: steps that had succeeded when somebody looked. */
  readonly succeeded = new Map<string, Map<string, Step>>();
  readonly #rounds = new Set<number>();
  readonly #canceled = new Set<string>();
  readonly #ended = new Set<string>();

  /** What somebody does in a round who wants a run of each kind, and looks after all of them. @throws ApiError */
  async work(client: Client, round: number): Promise<void> {
    this.#rounds.add(round);
    // A machine that is too busy for an answer within ten seconds says so; then it is asked again.
    await unlessRefused(["store-waiting"], () => this.#workOnce(client, round));
  }

  async #workOnce(client: Client, round: number): Promise<void> {
    // In the life between it goes on, beside whatever was left of its attempts.
    for (const [begun, id] of this.naps) if (begun < round - 1) await this.#cancel(client, id);
    for (const each of this.#rounds) await this.#request(client, each);
    for (const id of this.chains.values()) if (!this.#ended.has(id)) await this.#lookAfter(client, id);
  }

  /** Goes on with it; true when everything has ended, and what follows from it as well. @throws ApiError */
  async finish(client: Client): Promise<boolean> {
    for (const round of this.#rounds) await this.work(client, round);
    await unlessRefused(["store-waiting"], async () => {
      for (const id of this.naps.values()) await this.#cancel(client, id);
    });
    const { runs } = await client.listRuns({ query: { workflow: "listener", limit: 200 } });
    const naps = await Promise.all([...this.naps.values()].map((id) => client.getRun({ params: { id } })));
    return (
      this.#ended.size === this.#rounds.size &&
      runs.length >= this.#rounds.size &&
      [...runs, ...naps].every(({ endedAt }) => endedAt !== null)
    );
  }

  async #request(client: Client, round: number): Promise<void> {
    for (const [workflow, known] of [
      ["chain", this.chains],
      ["nap", this.naps],
    ] as const) {
      if (known.has(round)) continue;
      const body = { requestId: `round-${round}` };
      const { id } = await client.startRun({ params: { project: "kill", workflow }, body });
      known.set(round, id);
    }
  }

  async #cancel(client: Client, id: string): Promise<void> {
    if (this.#canceled.has(id)) return;
    // The last life may have taken it, and not have answered.
    const refusals = ["run-ended", "action-not-allowed"] as const;
    await unlessRefused(refusals, () => client.cancelRun({ params: { id }, body: { by: "test" } }));
    this.#canceled.add(id);
  }

  async #lookAfter(client: Client, id: string): Promise<void> {
    const steps = await stepsOf(client, id);
    const known = this.succeeded.get(id) ?? new Map<string, Step>();
    this.succeeded.set(id, known);
    for (const step of steps) {
      if (step.status === "succeeded" && !known.has(step.path)) known.set(step.path, step);
    }
    if (known.has("last")) this.#ended.add(id);
    if (!known.has("first") || known.has("ask")) return;
    const body = { path: "ask", approved: true, by: "ann" };
    await unlessRefused(["step-not-waiting", "step-not-found", "run-ended"], () =>
      client.answerApproval({ params: { id }, body }),
    );
  }
}

/** All steps of a run. */
export async function stepsOf(client: Client, id: string): Promise<readonly Step[]> {
  return (await client.listSteps({ params: { id }, query: { limit: 200 } })).steps;
}

/** All runs of a workflow, newest first. */
export async function runsOf(client: Client, workflow: string): Promise<readonly Run[]> {
  const all: Run[] = [];
  let before: string | null = null;
  do {
    const page: { runs: readonly Run[]; next: string | null } = await client.listRuns({
      query: { workflow, limit: 200, ...(before === null ? {} : { before }) },
    });
    all.push(...page.runs);
    before = page.next;
  } while (before !== null);
  return all;
}

async function unlessRefused(codes: readonly ApiErrorCode[], ask: () => Promise<unknown>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    if (!(error instanceof ApiError && codes.some((code) => code === error.code))) throw error;
  }
}
