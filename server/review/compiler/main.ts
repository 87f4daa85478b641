import { Judge } from "./judge.js";
import type { JudgeRequest } from "./judgement.js";

/**
 * The process that compiles what strangers propose. It has no environment, opens nothing and talks to its parent alone; it may be
 * killed at any moment, and is when it takes too long.
 */
const judge = new Judge();
// The parent is the service, whose message it is.
process.on("message", ({ id, request }: { readonly id: number; readonly request: JudgeRequest }) => {
  process.send?.({ id, judgement: judge.judge(request) });
});
process.on("disconnect", () => process.exit(0));
