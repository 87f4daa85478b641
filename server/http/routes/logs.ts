import type { LogLine as LogLineAnswer } from "@headwater/api";
import { ServiceError } from "../../errors.js";
import { logFileOf } from "../../logs/log-files.js";
import type { LogLine } from "../../logs/log-line.js";
import { LogReader } from "../../logs/log-reader.js";
import { runName } from "../../runs/run-name.js";
import type { RunRow, StepRow, Store } from "../../store/store.js";
import type { Handlers } from "../handler.js";
import type { HttpDependencies } from "../http-dependencies.js";
import { findRun } from "../run-answer.js";

const PAGE_LINES = 1000;

/** Logs of attempts. */
export function logRoutes({ store, config }: HttpDependencies): Pick<Handlers, "readLog"> {
  const reader = new LogReader();
  return {
    async readLog({ params, query: { environment, path, attempt: asked, offset, tail } }) {
      const run = await findRun(store, params.id, environment);
      const step = await findStep(store, run, path);
      const attempt = asked ?? Math.max(1, step.attempt);
      // Asked before the file is read: what an attempt that had ended then has written is all there.
      const hasEnded = step.endedAt !== null || attempt < step.attempt;
      const file = logFileOf(config.dataFolder, run.id, { path, attempt });
      const page = await reader.read(file, tail === undefined ? { offset, limit: PAGE_LINES } : { tail });
      return {
        lines: page.lines.map((line) => lineAnswer(line)),
        nextOffset: page.nextOffset,
        ended: hasEnded && page.atEnd,
      };
    },
  };
}

async function findStep(store: Store, run: RunRow, path: string): Promise<StepRow> {
  const [step] = await store.listSteps(run.id, { path, limit: 1 });
  if (step !== undefined) return step;
  throw new ServiceError(
    "not-found",
    `Cannot find step "${path}" in run "${runName(run)}": it has not begun, or there is none`,
  );
}

function lineAnswer({ time, stream, text }: LogLine): LogLineAnswer {
  const at = Date.parse(time);
  return { at: Number.isNaN(at) ? null : at, stream, text };
}
