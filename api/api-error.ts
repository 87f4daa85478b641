import * as z from "zod";

/** What the service may answer instead of what was asked, with its HTTP status. A test holds it equal to `server/errors.ts`. */
export const API_ERROR_STATUS = {
  "bad-request": 400,
  unauthorized: 401,
  forbidden: 403,
  "not-found": 404,
  "repository-not-found": 404,
  "repository-exists": 409,
  "repository-unreachable": 422,
  "branch-not-found": 422,
  "workflow-not-found": 404,
  "version-not-found": 404,
  "backfill-not-found": 404,
  "invalid-backfill": 422,
  "run-not-found": 404,
  "run-ended": 409,
  "workflow-not-blocked": 409,
  "step-not-found": 404,
  "step-not-waiting": 409,
  "signal-differs": 409,
  "action-not-allowed": 409,
  "invalid-action": 422,
  "not-an-approver": 403,
  "invalid-params": 422,
  "payload-too-large": 413,
  busy: 503,
  "too-many-tries": 429,
  "store-waiting": 503,
  internal: 500,
} as const;

export type ApiErrorCode = keyof typeof API_ERROR_STATUS;

/** The body of every answer that is a refusal. */
export const errorBody = z.object({
  error: z.object({
    code: z.string().meta({ description: "A code with a section in docs/errors.md" }),
    message: z.string(),
    data: z.record(z.string(), z.string()),
  }),
});

/** The client's own failures: no answer at all, or one that is not Headwater's. */
export type ClientErrorCode = "service-unreachable" | "unexpected-answer";

/** A request that did not get what it asked for. `status` is 0 when there was no answer. */
export class ApiError extends Error {
  readonly status: number;
  /** An `ApiErrorCode`, a `ClientErrorCode`, or a code that a newer service knows. */
  readonly code: string;
  readonly data: Readonly<Record<string, string>>;

  constructor(
    code: string,
    message: string,
    options: {
      readonly status: number;
      readonly data?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    },
  ) {
    super(message, { cause: options.cause });
    this.name = "ApiError";
    this.code = code;
    this.status = options.status;
    this.data = options.data ?? {};
  }
}
