import * as z from "zod";
import { jsonObject } from "./values.js";

export const newSignal = z.strictObject({
  signal: z
    .string()
    .max(128)
    .regex(/^[A-Za-z][A-Za-z0-9._-]*$/)
    .meta({ description: "A name such as `warehouse.table-updated`" }),
  params: jsonObject.default({}),
  key: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: "The same one is recorded once, however often it is sent" }),
});

export const recordedSignal = z.object({ id: z.int() });
