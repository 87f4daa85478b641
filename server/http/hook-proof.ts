import { createHmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { ServiceError } from "../errors.js";
import { isSameSecret } from "./secret.js";

/** Headers with an HMAC-SHA256 of the body, after `sha256=` or bare: GitHub and Gitea, Bitbucket, older Gitea. */
const SIGNATURES = ["x-hub-signature-256", "x-hub-signature", "x-gitea-signature"] as const;
const SIGNATURE = /^(?:sha256=)?([0-9a-f]{64})$/i;

/** What a hook proves itself by, while its body comes. */
export interface HookProof {
  /** Each piece of the body, in order. */
  see(piece: Buffer): void;
  /** At the end of the body. @throws ServiceError unauthorized */
  check(): void;
}

/**
 * Begins to check that a hook is sent by a Git host that knows one of the secrets, as that host proves it: with a signature of the
 * body, or (GitLab) with the secret itself.
 * Sources: https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries,
 * https://docs.gitea.com/usage/webhooks, https://docs.gitlab.com/user/project/integrations/webhooks/#custom-headers
 * @throws ServiceError unauthorized
 */
export function beginHookProof(secrets: readonly string[], headers: IncomingHttpHeaders): HookProof {
  const gitlab = headers["x-gitlab-token"];
  if (typeof gitlab === "string") {
    if (secrets.some((secret) => isSameSecret(gitlab, secret)))
      return { see: () => undefined, check: () => undefined };
    throw refused("the X-Gitlab-Token is not the service's hook secret");
  }
  const signature = SIGNATURES.map((name) => headers[name]).find((value) => typeof value === "string");
  if (signature === undefined) {
    throw refused(
      "it carries no proof. Give the Git host the secret of HEADWATER_HOOK_SECRET: GitHub, Gitea and Bitbucket sign with it, GitLab sends it",
    );
  }
  const given = SIGNATURE.exec(signature)?.[1];
  if (given === undefined) throw refused("its signature is not an HMAC-SHA256 in hexadecimal digits");
  const hashes = secrets.map((secret) => createHmac("sha256", secret));
  return {
    see: (piece) => hashes.forEach((hash) => hash.update(piece)),
    check() {
      if (hashes.some((hash) => isSameSecret(given.toLowerCase(), hash.digest("hex")))) return;
      throw refused(
        "its signature does not fit: the host signs with another secret, or the body was changed",
      );
    },
  };
}

function refused(why: string): ServiceError {
  return new ServiceError("unauthorized", `Cannot accept the hook: ${why}`);
}
