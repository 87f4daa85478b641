/** What is secret must not go over a network in the clear. */
export function isTrusted({ protocol, hostname }: URL): boolean {
  const isLoopback = hostname === "127.0.0.1" || hostname === "localhost" || hostname === "[::1]";
  return protocol === "https:" || (protocol === "http:" && isLoopback);
}
