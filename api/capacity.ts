import * as z from "zod";
import { epochMs, list } from "./values.js";

const count = z.int().min(0);

export const permit = z.object({
  name: z.string(),
  limit: count.meta({ description: "Attempts that may hold it at once; 0 closes it" }),
  source: z.enum(["set", "configured", "default"]).meta({
    description: "Who says so: somebody, the service's configuration, or nobody, which is a limit of 1",
  }),
  held: count.meta({ description: "May be more than a limit that was lowered" }),
  waiting: count,
  setBy: z.string().nullable(),
  setAt: epochMs.nullable(),
});
export type Permit = z.output<typeof permit>;

/** Those that have a limit, are held or are waited for. */
export const permitList = z.object({ permits: list(permit) });

/** The form that the language asks for too. */
export const permitName = z.strictObject({
  name: z.string().regex(/^[A-Za-z][A-Za-z0-9._-]{0,62}$/, {
    error: 'the name of a permit takes letters, digits, ".", "_" and "-", a letter first, at most 63',
  }),
});

export const permitLimit = z.strictObject({
  limit: z.int().min(0).max(10_000),
  by: z.string().min(1).max(200).default("api").meta({ description: "Who sets it, in their own words" }),
});

export const pool = z.object({
  name: z.string(),
  slots: count.meta({ description: "0: the service does not have it, but steps wait for it" }),
  busy: count,
  waiting: count,
  owners: list(z.object({ owner: z.string(), busy: count, waiting: count })).meta({
    description: "Those who hold slots or wait for some, by name",
  }),
});
export type Pool = z.output<typeof pool>;

export const poolList = z.object({ pools: list(pool) });
