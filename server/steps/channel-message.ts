/**
 * Whether what came over the channel of a child process is one of these messages. The other side is our own code over a
 * private channel: its kind and id are looked at, its fields are trusted.
 */
export function isMessage<Message extends { readonly kind: string; readonly id: number }>(
  message: unknown,
  kinds: readonly Message["kind"][],
): message is Message {
  if (typeof message !== "object" || message === null || !("kind" in message) || !("id" in message))
    return false;
  return typeof message.id === "number" && kinds.some((kind) => kind === message.kind);
}
