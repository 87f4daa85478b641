import { DATE } from "./date.js";
import { DATE_RANGE, DAYS_BETWEEN } from "./date-range.js";
import { DURATION } from "./duration.js";
import { FORMAT_DATE } from "./format-date.js";
import type { FunctionDefinition } from "./function-definition.js";
import { INT } from "./int.js";
import { JSON_FUNCTION, PARSE_JSON } from "./json-text.js";
import { MATCHES } from "./matches.js";
import { FAILED_FUNCTION, SUCCEEDED_FUNCTION } from "./needs-status.js";
import { RANGE } from "./range.js";
import { STRING } from "./string.js";
import { SUBSTRING } from "./substring.js";
import { ASCII_CASE } from "./ascii-case.js";
import { TEXT_SEARCH } from "./text-search.js";
import { DATETIME, TIMESTAMP } from "./timestamp.js";
import { TIMESTAMP_PARTS } from "./timestamp-parts.js";

/** Every function that we add to CEL or do better than its library: what the reference and the editor show. */
export const EXPRESSION_FUNCTIONS: readonly FunctionDefinition[] = [
  SUCCEEDED_FUNCTION,
  FAILED_FUNCTION,
  DATE,
  DATETIME,
  DURATION,
  FORMAT_DATE,
  DAYS_BETWEEN,
  DATE_RANGE,
  RANGE,
  JSON_FUNCTION,
  PARSE_JSON,
  MATCHES,
  ...TEXT_SEARCH,
  SUBSTRING,
  ...ASCII_CASE,
  STRING,
  INT,
  TIMESTAMP,
  ...TIMESTAMP_PARTS,
];
