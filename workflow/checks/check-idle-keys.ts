import type { Report } from "../diagnostics/report.js";
import { itemsOf } from "../schema/field-value.js";
import type { Located } from "../schema/schema.js";
import type { StepFields } from "../schema/step-schema.js";
import { formatDuration } from "../types/duration.js";

/** What is written and changes nothing: most likely something else was meant. */
export function checkIdleKeys(
  {
    needs,
    permits,
    approval,
    retry,
    cache,
  }: Pick<StepFields, "needs" | "permits" | "approval" | "retry" | "cache">,
  report: Report,
): void {
  const tell = (message: string, { range }: Pick<Located<unknown>, "range">): void =>
    report({ code: "key-without-effect", message, range });
  for (const list of [needs, permits]) {
    const seen = new Set<string>();
    for (const item of itemsOf(list)) {
      if (seen.has(item.value)) tell(`"${item.value}" is here twice: once is enough`, item);
      seen.add(item.value);
    }
  }
  const answer = approval?.value.on_timeout;
  if (answer !== undefined && approval?.value.timeout === undefined)
    tell(`This approval has no "timeout": its "on_timeout" never counts`, answer);
  const { delay, max_delay: longest } = retry?.value ?? {};
  if (delay !== undefined && longest !== undefined && delay.value > longest.value)
    tell(
      `No wait is longer than "max_delay", ${formatDuration(longest.value)}: this delay never counts`,
      delay,
    );
  const ttl = cache?.value.ttl;
  if (ttl?.value === 0) tell("An earlier success never counts: the cache is never used", ttl);
}
