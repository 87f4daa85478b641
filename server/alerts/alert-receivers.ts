import type { Json } from "@headwater/workflow";
import type { AlertChannel, AlertOccasion } from "../store/alerts.js";
import { groupsOf } from "./groups.js";

/** Who is told what of a workflow: one for each channel that an alert of it names. */
export interface AlertReceiver {
  readonly on: readonly AlertOccasion[];
  readonly channel: AlertChannel;
  /** As the workflow names it: secrets are not filled in. E-mail addresses are joined by commas. */
  readonly to: string;
}

export const ALERT_CHANNELS: readonly AlertChannel[] = ["slack", "email", "webhook", "pagerduty"];

const OCCASIONS: readonly AlertOccasion[] = ["failed", "late", "recovered", "succeeded", "held", "changed"];

/** Reads the `alerts` of a workflow's properties, as they were written. What an earlier build has let through is left out. */
export function receiversOf(alerts: readonly Json[]): readonly AlertReceiver[] {
  const written = alerts.flatMap((alert) => {
    if (typeof alert !== "object" || alert === null || isList(alert)) return [];
    const words = textsOf(alert["on"]);
    const on = OCCASIONS.filter((occasion) => words.includes(occasion));
    return ALERT_CHANNELS.flatMap((channel) => {
      const to = textsOf(alert[channel]).join(", ");
      return to === "" ? [] : [{ on, channel, to }];
    });
  });
  // One that stands twice is told once.
  return [...groupsOf(written, ({ channel, to }) => `${channel} ${to}`).values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ ...first, on: [...new Set(group.flatMap(({ on }) => on))] }];
  });
}

/** One text, or a list of them. */
function textsOf(value: Json | undefined): readonly string[] {
  const all = value === undefined ? [] : isList(value) ? value : [value];
  return all.filter((each) => typeof each === "string");
}

/** `Array.isArray` does not narrow a readonly array. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
