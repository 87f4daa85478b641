import * as z from "zod";
import { jsonObject } from "./values.js";

export const newSignal = z.strictObject({
  signal: z.string().min(1).max(200),
  params: jsonObject.default({}),
  key: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: "The same one is recorded once, however often it is sent" }),
});

export const recordedSignal = z.object({ id: z.int() });
