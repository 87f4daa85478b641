import { createChangeFeed } from "#server/changes/change-feed.js";
import { systemIds } from "#server/ids.js";
import { createRegistry, type RegistryOptions } from "#server/registry/create-registry.js";
import type { Registry } from "#server/registry/registry.js";
import type { SourceWorld } from "../source/source-world.js";

/** A registry that deploys what the source of a world sees. */
export function registryOver(
  world: SourceWorld,
  {
    readTree = (id, commit) => world.source.readTree(id, commit),
    ...options
  }: Partial<Pick<RegistryOptions, "cacheBytesMax" | "readBuild">> &
    Partial<Pick<RegistryOptions["source"], "readTree">> = {},
): Registry {
  return createRegistry({
    dataFolder: world.dataFolder,
    readBuild: async () => "a build",
    ...options,
    store: world.store,
    // A restart puts another one in its place.
    source: {
      readTree,
      describeCommit: (...args) => world.source.describeCommit(...args),
      readRewritten: (...args) => world.source.readRewritten(...args),
      findCommit: (...args) => world.source.findCommit(...args),
      keepCommit: (...args) => world.source.keepCommit(...args),
      fetchBranch: (...args) => world.source.fetchBranch(...args),
      checkSignature: (...args) => world.source.checkSignature(...args),
      checkDeclared: (id) => world.source.checkDeclared(id),
    },
    clock: world.clock,
    ids: systemIds,
    feed: createChangeFeed({ boot: "test", remembered: 10 }),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
}
