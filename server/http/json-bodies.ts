import type { FastifyInstance, FastifyRequest } from "fastify";
import {
  findInexactNumber,
  inexactNumberProblem,
  replaceInexactNumbers,
  type Json,
} from "@headwater/workflow";
import { ServiceError } from "../errors.js";

/**
 * What becomes of numbers in a body that would be others, such as 2^53 + 1: they are refused; or they are marked, for whoever reads of the
 * body of a stranger what it was told to read; or nobody reads numbers there.
 */
export type InexactNumbers = "refused" | "marked" | "ignored";

/** Reads all bodies of JSON, as the framework does, but for such numbers. */
export function readJsonBodies(
  app: FastifyInstance,
  inexactNumbersOf: (request: FastifyRequest) => InexactNumbers,
): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser<string>("application/json", { parseAs: "string" }, (request, text, done) => {
    const numbers = inexactNumbersOf(request);
    const read = numbers === "marked" ? replaceInexactNumbers(text, mark) : text;
    void parse(request, read, (error, body) => {
      const inexact = error === null && numbers === "refused" ? findInexactNumber(text) : null;
      if (inexact === null) return done(error, body);
      done(new ServiceError("bad-request", `Cannot read the request: ${inexactNumberProblem(inexact)}`));
    });
  });
}

/** Whoever sends such a key himself is refused, as if it were a number. */
const MARK = "\u0000inexact";

function mark(written: string): string {
  return JSON.stringify({ [MARK]: written });
}

/** A marked number, as it was written; null for any other value. */
export function markedNumber(value: Json | undefined): string | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const written = Object.entries(value).find(([key]) => key === MARK)?.[1];
  return typeof written === "string" ? written : null;
}

/** The first marked number in what was read, as it was written; null when there is none. */
export function findMarkedNumber(value: Json): string | null {
  // No recursion: what is read may nest as deep as it is long.
  const rest = [value];
  for (let part = rest.pop(); part !== undefined; part = rest.pop()) {
    const written = markedNumber(part);
    if (written !== null) return written;
    if (typeof part === "object" && part !== null) for (const inner of Object.values(part)) rest.push(inner);
  }
  return null;
}
