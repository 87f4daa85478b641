import { openApiDocument } from "@headwater/api";
import type { Handlers } from "../handler.js";

/** The contract about itself. Made when somebody first asks: it takes a tenth of a start. */
export function openApiRoutes(): Pick<Handlers, "getOpenApi"> {
  let document: ReturnType<typeof openApiDocument> | null = null;
  return { getOpenApi: async () => (document ??= openApiDocument()) };
}
