import type { Report } from "../diagnostics/report.js";
import { ALERT_CHANNEL_KEYS } from "../schema/alert-schema.js";
import { itemsOf } from "../schema/field-value.js";
import type { WorkflowFields } from "../schema/workflow-schema.js";

/** An alert says who is told, and of something that can happen. */
export function checkAlerts({ alerts, expect }: WorkflowFields, report: Report): void {
  for (const { value, range } of itemsOf(alerts)) {
    if (ALERT_CHANNEL_KEYS.every((channel) => value[channel] === undefined)) {
      const message = `The alert tells nobody: give it one of ${ALERT_CHANNEL_KEYS.join(", ")}`;
      report({ code: "alert-without-receiver", message, range });
    }
    const late = itemsOf(value.on).find((occasion) => occasion.value === "late");
    if (late !== undefined && expect === undefined) {
      const message =
        'No run of this workflow is ever late: write by when one should have ended, such as "expect: { within: 2h }"';
      report({ code: "alert-never-told", message, range: late.range });
    }
  }
}
