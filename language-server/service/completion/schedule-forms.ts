import { CompletionItemKind } from "vscode-languageserver-types";
import type { Offer } from "./offer.js";

/** Schedules as people need them most, in words; each is a beginning. */
export const SCHEDULE_FORMS: readonly Offer[] = [
  ["0 6 * * *", "every day at 06:00"],
  ["0 6 * * 1-5", "Monday to Friday at 06:00"],
  ["0 6 * * 1", "every Monday at 06:00"],
  ["0 6 1 * *", "on the first of every month at 06:00"],
  ["0 * * * *", "every hour"],
  ["*/15 * * * *", "every 15 minutes of the clock"],
  ["every 15m", "every 15 minutes of elapsed time"],
  ["@hourly", "every hour"],
  ["@daily", "every day at midnight"],
  ["@weekly", "every Sunday at midnight"],
  ["@monthly", "on the first of every month at midnight"],
].map(([label = "", detail = ""], nth) => ({
  label,
  detail,
  kind: CompletionItemKind.Value,
  text: JSON.stringify(label),
  rank: nth < 5 ? 4 : 5,
}));
