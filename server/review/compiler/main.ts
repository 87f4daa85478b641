import { getHeapStatistics } from "node:v8";
import { ContentsTooLarge } from "../../source/mirror/commit-files.js";
import { Judge } from "./judge.js";
import type { JudgeAnswer, Judgement, JudgeRequest } from "./judgement.js";

/**
 * The process that compiles what strangers propose. It has no environment, opens nothing and talks to its parent alone; it may be
 * killed at any moment, and is when it takes too long.
 */
const judge = new Judge();
// The parent is the service, whose message it is.
process.on("message", ({ id, request }: { readonly id: number; readonly request: JudgeRequest }) => {
  const answer: JudgeAnswer = { id, judgement: judgementOf(request), heapBytes: heapBytes() };
  process.send?.(answer);
});
process.on("disconnect", () => process.exit(0));

function judgementOf(request: JudgeRequest): Judgement | null {
  try {
    return judge.judge(request);
  } catch (error) {
    if (error instanceof ContentsTooLarge) return null;
    throw error;
  }
}

/** What nobody needs any more is collected, which takes a while, only where it makes a difference. */
function heapBytes(): number {
  const heap = getHeapStatistics();
  if (heap.used_heap_size <= heap.heap_size_limit / 2) return heap.used_heap_size;
  globalThis.gc?.();
  return getHeapStatistics().used_heap_size;
}
