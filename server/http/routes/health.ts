import type { Handlers } from "../handler.js";
import type { RouteDependencies } from "../http-dependencies.js";

/** Whether the service can write. */
export function healthRoutes({ health }: RouteDependencies): Pick<Handlers, "getHealth"> {
  return {
    async getHealth() {
      const now = health();
      return now.status === "ok" ? { status: "ok", since: null, reason: null } : now;
    },
  };
}
