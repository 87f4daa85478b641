/**
 * What the service can refuse, one table: the HTTP status and whether trying again later may help. Each code has a
 * section in `docs/errors.md`. A message says the action, then the state, with values quoted.
 */
export const SERVICE_ERRORS = {
  "bad-request": { status: 400, retryable: false },
  unauthorized: { status: 401, retryable: false },
  forbidden: { status: 403, retryable: false },
  "not-found": { status: 404, retryable: false },
  "repository-not-found": { status: 404, retryable: false },
  "repository-exists": { status: 409, retryable: false },
  "repository-unreachable": { status: 422, retryable: true },
  "branch-not-found": { status: 422, retryable: true },
  "workflow-not-found": { status: 404, retryable: false },
  "version-not-found": { status: 404, retryable: false },
  "backfill-not-found": { status: 404, retryable: false },
  "invalid-backfill": { status: 422, retryable: false },
  "run-not-found": { status: 404, retryable: false },
  "run-ended": { status: 409, retryable: false },
  "signal-differs": { status: 409, retryable: false },
  "action-not-allowed": { status: 409, retryable: false },
  "invalid-action": { status: 422, retryable: false },
  "workflow-not-blocked": { status: 409, retryable: false },
  "step-not-found": { status: 404, retryable: false },
  "step-not-waiting": { status: 409, retryable: false },
  "not-an-approver": { status: 403, retryable: false },
  "invalid-params": { status: 422, retryable: false },
  "payload-too-large": { status: 413, retryable: false },
  busy: { status: 503, retryable: true },
  "too-many-tries": { status: 429, retryable: true },
  "store-waiting": { status: 503, retryable: true },
  "port-taken": { status: 500, retryable: true },
  "cannot-run-git": { status: 500, retryable: false },
  "cannot-listen": { status: 500, retryable: false },
  internal: { status: 500, retryable: true },
} as const;

export type ServiceErrorCode = keyof typeof SERVICE_ERRORS;

/** A refusal that the caller can understand; everything else that is thrown is a bug or the machine's fault. */
export class ServiceError extends Error {
  readonly code: ServiceErrorCode;
  readonly data: Readonly<Record<string, string>>;

  constructor(
    code: ServiceErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly data?: Readonly<Record<string, string>> } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "ServiceError";
    this.code = code;
    this.data = options.data ?? {};
  }
}
