/** Who is asked to sign in on another page than that which does it comes back. */
const FIELD = "back";

/** Where to sign in, for who comes back to this page. */
export function signInPage() {
  return `/?${new URLSearchParams({ [FIELD]: location.pathname })}`;
}

/** Where whoever has signed in came from: null for here. Nobody is led to another place than a check. */
export function wayBack() {
  const path = new URLSearchParams(location.search).get(FIELD);
  return path?.startsWith("/reviews/") ? path : null;
}
