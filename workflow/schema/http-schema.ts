import { anyValue, list, valueMap } from "./collections.js";
import { key, record } from "./record.js";
import { DURATION_PATTERN } from "../types/duration.js";
import { withPattern } from "./schema.js";
import { choice, duration, expression, number, text } from "./scalars.js";

/** The body of a step with `http`. */
export const httpSchema = record("an HTTP request", {
  method: key(
    choice("an HTTP method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
    "The method. Default GET, or POST with a body.",
  ),
  url: key(
    withPattern(text("a URL", { expressions: true }), /^(?:[Hh][Tt][Tt][Pp][Ss]?:\/\/|\$\{\{)/),
    "The address, with http:// or https://.",
    {
      required: true,
    },
  ),
  headers: key(valueMap("a map of headers"), "Request headers; a value may be one secret."),
  body: key(anyValue, "Text is sent as it is, anything else as JSON."),
  expect: key(
    list("a list of statuses", number("a status", { integer: true, min: 100, max: 599 }), { orOne: true }),
    "Statuses that count as success. Default any 2xx.",
  ),
  poll: key(
    record("a poll", {
      until: key(
        expression("an expression"),
        "Ask again until this is true of `response` (status, headers, body).",
        {
          required: true,
        },
      ),
      every: key(
        withPattern(
          duration("a duration"),
          new RegExp(
            `^(?!0*\\d{0,3}(?:\\.\\d+)?ms$)(?!0*(?:\\.\\d+)?[smhdw]$)${DURATION_PATTERN.source.slice(1)}`,
          ),
        ),
        "The wait between two requests, at least 1s.",
        { default: "30s" },
      ),
    }),
    "For jobs that run elsewhere: ask again until they are done.",
  ),
});
