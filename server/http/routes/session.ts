import { ServiceError } from "../../errors.js";
import type { Handlers } from "../handler.js";
import type { HttpDependencies } from "../http-dependencies.js";
import { isSameSecret } from "../secret.js";
import { endSession, startSession } from "../session.js";

type SessionHandlers = Pick<Handlers, "getSession" | "signIn" | "signOut">;

/** How a browser, which cannot send a bearer token by itself, gets access. */
export function sessionRoutes({ config, clock }: HttpDependencies): SessionHandlers {
  return {
    getSession: async () => ({ tokenNeeded: config.token !== null }),
    async signIn({ body }, { isSecure, setCookie }) {
      if (config.token === null)
        throw new ServiceError(
          "bad-request",
          "Cannot sign in: this service has no HEADWATER_TOKEN, and needs none",
        );
      if (!isSameSecret(body.token, config.token))
        throw new ServiceError(
          "unauthorized",
          "Cannot sign in: the token is not the service's HEADWATER_TOKEN",
        );
      const { endsAt, cookie } = startSession(config.token, { now: clock.now(), isSecure });
      setCookie(cookie);
      return { endsAt };
    },
    async signOut(_request, { isSecure, setCookie }) {
      setCookie(endSession(isSecure));
      return { signedOut: true };
    },
  };
}
