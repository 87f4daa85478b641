import { ServiceError } from "../../errors.js";
import type { Handlers } from "../handler.js";
import type { RouteDependencies } from "../http-dependencies.js";
import { isSameSecret } from "../secret.js";
import { endSession } from "../session.js";
import { TokenTries } from "../token-tries.js";

/** A person who mistypes needs no more; who has the right one by then may ask with it anyhow. */
const TRIES = 10;

type SessionHandlers = Pick<Handlers, "getSession" | "signIn" | "signOut">;

/** How a browser, which cannot send a bearer token by itself, gets access. */
export function sessionRoutes({ config, clock, sessions }: RouteDependencies): SessionHandlers {
  const tries = new TokenTries({ most: TRIES, action: "sign in" });
  return {
    getSession: async () => ({ tokenNeeded: config.token !== null }),
    async signIn({ body }, { isSecure, address, setCookie }) {
      if (config.token === null)
        throw new ServiceError(
          "bad-request",
          "Cannot sign in: this service has no HEADWATER_TOKEN, and needs none",
        );
      tries.check(address, clock.now());
      if (!isSameSecret(body.token, config.token)) {
        tries.fail(address, clock.now());
        throw new ServiceError(
          "unauthorized",
          "Cannot sign in: the token is not the service's HEADWATER_TOKEN",
        );
      }
      tries.succeed(address);
      const { endsAt, cookie } = sessions.start(config.token, isSecure);
      setCookie(cookie);
      return { endsAt };
    },
    async signOut({ query }, { isSecure, cookies, setCookie }) {
      setCookie(endSession(isSecure));
      if (query.everywhere === "true") sessions.endAll();
      else sessions.end(cookies);
      return { signedOut: true };
    },
  };
}
