import { text } from "./scalars.js";

/** What operators type, on the command line and in the service's configuration, where "," and "=" mean something else. */
const NAME = {
  pattern: /^[A-Za-z][A-Za-z0-9._-]{0,62}$/,
  form: 'letters, digits, ".", "_" and "-", a letter first, at most 63',
};

/** The name of a permit, such as `orders_api`. The HTTP contract asks for the same form. */
export const permitName = text("a permit's name", { ...NAME, examples: ["orders_api"] });

/** The name of a pool, such as `gpu`. */
export const poolName = text("a pool's name", { ...NAME, examples: ["gpu"] });
