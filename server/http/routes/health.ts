import type { Handlers } from "../handler.js";
import type { HttpDependencies } from "../http-dependencies.js";

/** Whether the service can write. */
export function healthRoutes({ store }: HttpDependencies): Pick<Handlers, "getHealth"> {
  return {
    async getHealth() {
      const health = store.health();
      return health.status === "ok" ? { status: "ok", since: null, reason: null } : health;
    },
  };
}
