import * as z from "zod";
import { epochMs } from "./values.js";

/** Whether the service asks who is there. That it is answered at all says that the caller has access. */
export const session = z.object({
  tokenNeeded: z.boolean().meta({ description: "False when everybody on this machine may use the service" }),
});

export const newSession = z.strictObject({
  token: z.string().min(1).max(1000).meta({ description: "The service's HEADWATER_TOKEN" }),
});

export const startedSession = z.object({
  endsAt: epochMs,
});

export const sessionEnd = z.strictObject({
  everywhere: z
    .enum(["true", "false"])
    .default("false")
    .meta({ description: "Whether the sessions of all browsers end, not only that of the caller" }),
});

export const endedSession = z.object({
  signedOut: z.literal(true),
});
