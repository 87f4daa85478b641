import { createChangeFeed } from "#server/changes/change-feed.js";
import { systemIds } from "#server/ids.js";
import type { ReviewOptions } from "#server/review/create-review.js";

/** Reviews at a host that takes nothing and tells nothing, for tests that replace what they are about. */
export function reviewOfSilentHost({ store, clock }: Pick<ReviewOptions, "store" | "clock">): ReviewOptions {
  const nothing = (): Promise<never> => Promise.reject(new TypeError("nobody asks for that here"));
  return {
    host: {
      traits: { change: "pull request", sign: "#", hasCheckPages: true, isInvited: true },
      readDelivery: () => ({ id: "", event: null }),
      findChange: nothing,
      listOpenChanges: nothing,
      listAccounts: async () => [],
      listRepositories: nothing,
      findPlace: async () => null,
      write: nothing,
      permissionOf: nothing,
      recoverDeliveries: async () => ({ asked: 0, hasMore: false }),
    },
    hostName: "github",
    store,
    source: { previewMerge: nothing, forgetPreview: nothing, changeRepository: nothing, hint: nothing },
    previews: { begin: nothing, end: nothing },
    feed: createChangeFeed({ boot: "b", remembered: 10 }),
    publicUrl: null,
    clock,
    ids: systemIds,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    compilers: { compare: nothing, supersede: () => undefined, stop: async () => undefined },
  };
}
