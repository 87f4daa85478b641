import {
  DuckDBArrayValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBUnionValue,
  listValue,
  structValue,
  type DuckDBValue,
} from "@duckdb/node-api";
import type { Json, JsonObject } from "@headwater/workflow";
import { durationText, timestampText } from "../../databases/moment-texts.js";

const DAY_MS = 24 * 3_600_000;

/**
 * A value of DuckDB as plain data: whole numbers as numbers while they are exact (else as text), decimals as doubles, dates
 * `YYYY-MM-DD`, timestamps RFC 3339 in UTC, intervals without months as durations, anything else as DuckDB writes it.
 */
export function toJson(value: DuckDBValue): Json {
  switch (typeof value) {
    case "bigint":
      return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
    case "number":
      return Number.isFinite(value) ? value : null;
    case "boolean":
    case "string":
      return value;
    default:
      return value === null || value === undefined ? null : objectToJson(value);
  }
}

function objectToJson(value: Extract<DuckDBValue, object>): Json {
  return momentToJson(value) ?? nestedToJson(value) ?? value.toString();
}

/** Null for what is neither a moment nor a number. */
function momentToJson(value: object): Json {
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  if (value instanceof DuckDBDateValue) return value.isFinite ? dayText(value.days) : value.toString();
  if (value instanceof DuckDBIntervalValue)
    return value.months === 0
      ? durationText(Number(value.micros) / 1000 + value.days * DAY_MS)
      : value.toString();
  const micros = microsOf(value);
  // Infinite ones have no such text.
  return micros === null ? null : timestampText(Math.floor(Number(micros) / 1000));
}

function microsOf(value: object): bigint | null {
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) return value.micros;
  if (value instanceof DuckDBTimestampSecondsValue) return value.seconds * 1_000_000n;
  if (value instanceof DuckDBTimestampMillisecondsValue) return value.millis * 1000n;
  return value instanceof DuckDBTimestampNanosecondsValue ? value.nanos / 1000n : null;
}

function dayText(days: number): string {
  return new Date(days * DAY_MS).toISOString().slice(0, "YYYY-MM-DD".length);
}

/** Null for what holds no other values. */
function nestedToJson(value: object): Json {
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(toJson);
  if (value instanceof DuckDBStructValue) return entriesToJson(Object.entries(value.entries));
  if (value instanceof DuckDBMapValue) {
    return entriesToJson(value.entries.map(({ key, value: entry }) => [keyText(key), entry]));
  }
  return value instanceof DuckDBUnionValue ? toJson(value.value) : null;
}

function keyText(key: DuckDBValue): string {
  const json = toJson(key);
  return typeof json === "string" ? json : JSON.stringify(json);
}

function entriesToJson(entries: readonly (readonly [string, DuckDBValue])[]): JsonObject {
  return Object.fromEntries(entries.map(([key, value]) => [key, toJson(value)]));
}

/** A param as DuckDB takes it: whole numbers as BIGINT, maps as structs. DuckDB casts it to what the statement expects. */
export function fromJson(value: Json): DuckDBValue {
  switch (typeof value) {
    case "number":
      return Number.isSafeInteger(value) ? BigInt(value) : value;
    case "object":
      return value === null ? null : nestedFromJson(value);
    default:
      return value;
  }
}

function nestedFromJson(value: JsonObject | readonly Json[]): DuckDBValue {
  if (isList(value)) return listValue(value.map(fromJson));
  return structValue(Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fromJson(entry)])));
}

function isList(value: JsonObject | readonly Json[]): value is readonly Json[] {
  return Array.isArray(value);
}
