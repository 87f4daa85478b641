import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseSchedule } from "#workflow/schedule/schedule.js";
import { scheduleInWords } from "#workflow/schedule/schedule-words.js";

const CASES: readonly (readonly [schedule: string, words: string])[] = [
  ["* * * * *", "Every minute"],
  ["*/15 * * * *", "Every 15 minutes"],
  ["0 * * * *", "Every hour"],
  ["30 * * * *", "At minute 30 of every hour"],
  ["0,30 * * * *", "At minute 0 and 30 of every hour"],
  ["0 */2 * * *", "Every 2 hours"],
  ["15 */2 * * *", "At minute 15 of every 2 hours"],
  ["0 9-17 * * *", "Every hour from 09:00 to 17:59"],
  ["*/10 9-17 * * 1-5", "Every 10 minutes from 09:00 to 17:59, Monday to Friday"],
  ["*/5 6 * * *", "Every 5 minutes in the hour from 06:00"],
  ["5-20 * * * *", "At minute 5 to 20 of every hour"],
  ["0 6 * * *", "Every day at 06:00"],
  ["5 4 * * *", "Every day at 04:05"],
  ["0 6,18 * * *", "Every day at 06:00 and 18:00"],
  ["0,30 6,18 * * *", "Every day at 06:00, 06:30, 18:00 and 18:30"],
  ["30 6 * * 1-5", "Monday to Friday at 06:30"],
  ["30 6 * * MON-FRI", "Monday to Friday at 06:30"],
  ["30 6 * * 1", "Every Monday at 06:30"],
  ["30 6 * * 7", "Every Sunday at 06:30"],
  ["30 6 * * 0,6", "On Sunday and Saturday at 06:30"],
  ["0 0 1 * *", "On the 1st of every month at 00:00"],
  ["0 0 1,15 * *", "On the 1st and 15th of every month at 00:00"],
  ["0 0 L * *", "On the last day of every month at 00:00"],
  ["0 0 15W * *", "On the weekday nearest to the 15th of every month at 00:00"],
  ["0 0 1-7 * *", "On the 1st to the 7th of every month at 00:00"],
  ["0 0 */3 * *", "On every 3rd day from the 1st of every month at 00:00"],
  ["0 0 1 1 *", "On the 1st in January at 00:00"],
  ["0 0 1 JAN,jul *", "On the 1st in January and July at 00:00"],
  ["0 0 1 */3 *", "On the 1st of every 3rd month from January at 00:00"],
  ["0 6 * 6-8 1-5", "Monday to Friday in June to August at 06:00"],
  ["0 6 * 12 *", "In December at 06:00"],
  ["0 6 */2 * 5", "On every 2nd day from the 1st, but only on Friday, at 06:00"],
  ["0 6 1-7 * */6", "On the 1st to the 7th, but only on every 6th day of the week from Sunday, at 06:00"],
  ["0 6 */1 * 1-5", "Monday to Friday at 06:00"],
  ["0 6 1 * */1", "On the 1st of every month at 06:00"],
  ["0 6 13 * 5", "On the 13th, and also every Friday, at 06:00"],
  ["0 6 * * 5#2", "On the 2nd Friday of the month at 06:00"],
  ["0 6 * * 5L", "On the last Friday of the month at 06:00"],
  ["0 0 6 * * *", "Every day at 06:00"],
  ["15 0 6 * * *", "Every day at 06:00:15"],
  ["*/10 * * * * *", "Every 10 seconds"],
  ["*/10 5 * * * *", "Every 10 seconds of minute 5"],
  ["  0   6 * * *  ", "Every day at 06:00"],
  ["@hourly", "Every hour"],
  ["@daily", "Every day at 00:00"],
  ["@Weekly", "Every Sunday at 00:00"],
  ["@monthly", "On the 1st of every month at 00:00"],
  ["@yearly", "On the 1st in January at 00:00"],
  ["every 15m", "Every 15 minutes of elapsed time"],
  ["every 1h", "Every hour of elapsed time"],
  ["every 1h30m", "Every 1 hour 30 minutes of elapsed time"],
];

const NONE = [
  "",
  "often",
  "* * * *",
  "61 * * * *",
  "0 25 * * *",
  "0 6 * * FRY",
  "@fortnightly",
  "0 6 32 * *",
  "*/0 * * * *",
];

describe("scheduleInWords()", () => {
  for (const [schedule, words] of CASES) {
    it(`says of ${JSON.stringify(schedule)}: ${words}`, () => {
      assert.equal(scheduleInWords(schedule), words);
      assert.equal(parseSchedule(schedule, "UTC").ok, true);
    });
  }

  for (const text of NONE) {
    it(`says nothing of ${JSON.stringify(text)}`, () => assert.equal(scheduleInWords(text), null));
  }
});
