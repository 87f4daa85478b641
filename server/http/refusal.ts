import { SERVICE_ERRORS, ServiceError, type ServiceErrorCode } from "../errors.js";
import { StoreError } from "../store/store-error.js";

/** An error as the caller sees it. */
export interface Refusal {
  readonly status: number;
  readonly body: {
    readonly error: {
      readonly code: ServiceErrorCode;
      readonly message: string;
      readonly data: Readonly<Record<string, string>>;
    };
  };
  /** True when it is a bug or the machine's fault, which the log must know more about than the caller. */
  readonly isOurs: boolean;
}

/** The one place where an error becomes an HTTP answer; whatever is not a refusal tells the caller nothing of our inside. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof ServiceError) return refusal(error.code, error.message, error.data);
  if (error instanceof StoreError && error.code === "store-stopped") {
    return refusal("store-waiting", "Cannot answer: the service is stopping", { store: error.code });
  }
  const status = statusOf(error);
  if (status === 413)
    return refusal("payload-too-large", "Cannot read the request: its body is larger than 1 MiB");
  if (status !== null && status < 500)
    return refusal("bad-request", `Cannot read the request: ${messageOf(error)}`);
  return refusal("internal", "Cannot answer: something unexpected happened. The service's log says what");
}

function refusal(
  code: ServiceErrorCode,
  message: string,
  data: Readonly<Record<string, string>> = {},
): Refusal {
  return {
    status: SERVICE_ERRORS[code].status,
    body: { error: { code, message, data } },
    isOurs: code === "internal",
  };
}

/** Fastify's own refusals (a body that is not JSON, one that is too large) carry a status. */
function statusOf(error: unknown): number | null {
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : null;
  return typeof status === "number" ? status : null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
