import { openApiDocument } from "@headwater/api";
import type { Handlers } from "../handler.js";

/** The contract about itself. */
export function openApiRoutes(): Pick<Handlers, "getOpenApi"> {
  const document = openApiDocument();
  return { getOpenApi: async () => document };
}
