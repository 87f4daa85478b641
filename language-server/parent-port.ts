/**
 * The channel to the process that has forked this one, as what a worker has to whoever made it; null in a worker. A process whose parent
 * is gone ends.
 */
export function openParentPort(): MessagePort | null {
  if (typeof process === "undefined" || process.send === undefined) return null;
  const { port1: ours, port2: theirs } = new MessageChannel();
  process.on("message", (message) => ours.postMessage(message, []));
  process.on("disconnect", () => process.exit());
  ours.onmessage = ({ data }) => process.send?.(data);
  return theirs;
}
