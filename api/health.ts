import * as z from "zod";
import { epochMs } from "./values.js";

/** Whether the service can write. While it waits for its disk, reads go on and writes are refused. */
export const health = z.object({
  status: z.enum(["ok", "waiting"]),
  since: epochMs.nullable(),
  reason: z.string().nullable(),
});
