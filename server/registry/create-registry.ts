import { CommitCompiler, type CommitCompilerOptions } from "./compile-commit.js";
import type { CompileCachesOptions } from "./compile-caches.js";
import { compareCommits, type ComparisonOptions } from "./compare-commits.js";
import { createDecisions, type DecisionsOptions } from "./decisions.js";
import { Deployer, type DeployerOptions } from "./deployer.js";
import { readBranch, type BranchOptions } from "./read-branch.js";
import { readSources, type SourcesOptions } from "./read-sources.js";
import type { Registry } from "./registry.js";

export interface RegistryOptions extends Omit<CompileCachesOptions, "clock" | "log"> {
  readonly store: CommitCompilerOptions["store"] &
    DeployerOptions["store"] &
    DecisionsOptions["store"] &
    ComparisonOptions["store"] &
    BranchOptions["store"] &
    SourcesOptions["store"];
  readonly source: CommitCompilerOptions["source"] &
    DecisionsOptions["source"] &
    DeployerOptions["source"] &
    BranchOptions["source"];
  readonly clock: DeployerOptions["clock"];
  readonly ids: CommitCompilerOptions["ids"];
  readonly feed: DeployerOptions["feed"];
  readonly log: DeployerOptions["log"];
  /** Called when schedules may have changed. */
  readonly onActivated?: () => void;
}

/** The compiler before the store: what a commit means is decided here, once, and stored whole or not at all. */
export function createRegistry(options: RegistryOptions): Registry {
  const compiler = new CommitCompiler(options);
  const deployer = new Deployer({ ...options, compiler });
  return {
    deploy: (request) => deployer.deploy(request),
    ...createDecisions({ ...options, deployer }),
    compile: async (repository, commit) => (await compiler.compile(repository, commit)).compiled,
    readSources: (place) => readSources(place, options),
    readBranch: (key, branch) => readBranch(key, branch, { ...options, compiler }),
    start: async () => compiler.caches.start((await options.store.listRepositories()).map(({ id }) => id)),
    stop: () => compiler.caches.stop(),
    forget: (repositoryId) => compiler.caches.forget(repositoryId),
    compare: (request) => compareCommits(request, { ...options, compiler }),
  };
}
