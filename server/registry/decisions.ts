import type { Actor } from "@headwater/engine";
import type { Clock } from "../clock.js";
import { ServiceError } from "../errors.js";
import { unknownRepository } from "../source/unknown-repository.js";
import type { Source } from "../source/source.js";
import type { Decided } from "../store/deployment-decisions.js";
import type { DeploymentRow, ListedDeployment, RepositoryRow, Store } from "../store/store.js";
import type { Deployer } from "./deployer.js";
import { describePin, isSamePlace } from "./deployment-plan.js";
import type { Place, Registry } from "./registry.js";

export interface DecisionsOptions {
  readonly store: Pick<
    Store,
    "confirmCommit" | "endPin" | "listDeployments" | "listEnvironments" | "listOpenPins" | "listRepositories"
  >;
  readonly source: Pick<Source, "checkDeclared" | "findCommit" | "keepCommit">;
  readonly clock: Clock;
}

type Options = DecisionsOptions & { readonly deployer: Deployer };

/** Deployments of one commit that are looked at: it may be in many environments, and be refused in some. */
const NAMED_MAX = 100;
const SHORT = 12;

/** What people decide of deployments. Each is durable before it is carried out, and a start carries out what a kill has cut off. */
export function createDecisions(options: Options): Pick<Registry, "confirm" | "pin" | "unpin"> {
  const { store, source, clock, deployer } = options;
  const decided = ({ by, reason }: Actor): Decided => ({ by, reason, at: clock.now() });
  return {
    async confirm(named, actor) {
      const { repositoryId, commit } = await findHeld(store, named);
      await store.confirmCommit({ repositoryId, commit, ...decided(actor) });
      return deployHead(options, repositoryId, clock.now());
    },
    async pin(place, beginning, actor) {
      const rows = await store.listEnvironments();
      const row = rows.find((one) => isSamePlace(one, place));
      if (row === undefined) throw refusal("pin", place, "nothing is deployed there");
      const repository = await findRepository(store, row.repositoryId);
      const commit = await source.findCommit(repository.id, beginning);
      await source.keepCommit(repository.id, commit);
      const pin = { place, decided: decided(actor) };
      const deployment = await deployer.deploy({ repository, commit, seenAt: clock.now(), pin });
      if (deployment.status === "active") return deployment;
      throw refusal(
        "pin",
        place,
        `commit ${commit.slice(0, SHORT)} cannot be deployed: ${deployment.reason}`,
      );
    },
    async unpin(place, actor) {
      const pins = await store.listOpenPins();
      const pin = pins.find((one) => isSamePlace(one, place));
      const ended = decided(actor);
      if (pin === undefined || !(await store.endPin(place, ended)))
        throw refusal("unpin", place, "it is not pinned");
      return deployHead(options, pin.repositoryId, ended.at);
    },
  };
}

/** The deployment that waits for somebody's word. */
async function findHeld(store: Options["store"], named: string): Promise<ListedDeployment> {
  const found = await store.listDeployments({ named, limit: NAMED_MAX });
  if (found.length === 0)
    throw new ServiceError("not-found", `Cannot confirm "${named}": there is no deployment of such a commit`);
  const held = (await newestOfEach(store, found)).filter(({ status }) => status === "held");
  const [first, second] = held;
  if (first === undefined) throw await notHeld(store, named, found);
  if (second !== undefined) {
    const ids = held.map(({ id, project, environment }) => `${id} (${project}, ${environment})`).join(", ");
    throw notAllowed(named, `it is held in more than one place. Confirm one of them by its id: ${ids}`);
  }
  const pins = await store.listOpenPins();
  const pin = pins.find(({ repositoryId }) => repositoryId === first.repositoryId);
  if (pin !== undefined) throw notAllowed(named, describePin(pin));
  return first;
}

/** Only what a branch has now can be confirmed: of each repository its latest deployment, where it is among those. */
async function newestOfEach(
  store: Options["store"],
  found: readonly ListedDeployment[],
): Promise<readonly ListedDeployment[]> {
  const ids = [...new Set(found.map(({ repositoryId }) => repositoryId))];
  const latest = await Promise.all(
    ids.map((repositoryId) => store.listDeployments({ repositoryId, limit: 1 })),
  );
  return latest.flat().filter(({ id }) => found.some((one) => one.id === id));
}

async function notHeld(
  store: Options["store"],
  named: string,
  [newest]: readonly ListedDeployment[],
): Promise<ServiceError> {
  if (newest?.status !== "held") return notAllowed(named, `it is ${newest?.status ?? "unknown"}, not held`);
  const [latest] = await store.listDeployments({ repositoryId: newest.repositoryId, limit: 1 });
  return notAllowed(
    named,
    `the branch has moved on, to ${latest?.commit.slice(0, SHORT) ?? "nothing"}, which is ${latest?.status ?? "unknown"}`,
  );
}

function notAllowed(named: string, problem: string): ServiceError {
  return new ServiceError("action-not-allowed", `Cannot confirm "${named}": ${problem}`);
}

function refusal(verb: string, { project, environment }: Place, problem: string): ServiceError {
  return new ServiceError("action-not-allowed", `Cannot ${verb} ${environment} of "${project}": ${problem}`);
}

/** Deploys what the branch has, as it was last seen: the host need not answer now. Another commit may come meanwhile, and must win. */
async function deployHead(options: Options, repositoryId: string, seenAt: number): Promise<DeploymentRow> {
  const { store, source, deployer } = options;
  const repository = await findRepository(store, repositoryId);
  const { headCommit: commit } = repository;
  if (commit === null)
    throw new ServiceError("not-found", `Cannot deploy "${repository.name}": no commit was seen`);
  const deployment = await deployer.deploy({ repository, commit, seenAt });
  const { headCommit } = await findRepository(store, repositoryId);
  if (headCommit !== commit) return deployHead(options, repositoryId, seenAt);
  source.checkDeclared(repositoryId);
  return deployment;
}

async function findRepository(store: Options["store"], id: string): Promise<RepositoryRow> {
  const row = (await store.listRepositories()).find((one) => one.id === id);
  if (row === undefined) throw unknownRepository(id);
  return row;
}
