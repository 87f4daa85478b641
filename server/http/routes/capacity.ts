import type { Handlers } from "../handler.js";
import type { HttpDependencies } from "../http-dependencies.js";

type CapacityHandlers = Pick<Handlers, "listPermits" | "setPermit" | "unsetPermit" | "listPools">;

/** Permits and pools: what limits how much goes on at once. */
export function capacityRoutes({ permits, capacity }: HttpDependencies): CapacityHandlers {
  return {
    listPermits: async () => ({ permits: permits.list() }),
    setPermit: async ({ params, body }) => permits.set(params.name, body),
    unsetPermit: async ({ params }) => permits.unset(params.name),
    listPools: async () => ({ pools: capacity.pools() }),
  };
}
