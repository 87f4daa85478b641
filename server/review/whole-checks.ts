import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { WholeCheckRows } from "../store/whole-checks.js";
import type { WholeResult } from "./verdict.js";

const [pack, unpack] = [promisify(gzip), promisify(gunzip)];
/** Of one: what a comparison answers is smaller. */
const BYTES_MAX = 16_000_000;

/** Which check, and what of it: it may be one of several pull requests. */
export interface WholeCheckName {
  /** See `HostObject.key`. */
  readonly key: string;
  /** Of the pull request; null of a merge queue. */
  readonly number: number | null;
}

/** What checks would say that have no room for all of it, of the latest look at each. */
export class WholeChecks {
  readonly #store: WholeCheckRows;

  constructor(store: WholeCheckRows) {
    this.#store = store;
  }

  /** @param whole null when the check says all */
  async keep(
    { key, number, isTrusted, at }: WholeCheckName & { readonly isTrusted: boolean; readonly at: number },
    whole: WholeResult | null,
  ): Promise<void> {
    const name = { key, change: number ?? 0 };
    if (whole === null) return this.#store.removeWholeCheck(name);
    const packed = await pack(JSON.stringify(whole));
    await this.#store.saveWholeCheck({
      ...name,
      isTrusted,
      content: packed.toString("base64"),
      updatedAt: at,
    });
  }

  /** Null when the check says all, or when it is not kept any more. */
  async find({ key, number }: WholeCheckName): Promise<WholeResult | null> {
    const content = await this.#store.findWholeCheck({ key, change: number ?? 0 });
    if (content === null) return null;
    const text = await unpack(Buffer.from(content, "base64"), { maxOutputLength: BYTES_MAX });
    // Written by `keep`.
    return JSON.parse(text.toString()) as WholeResult;
  }
}
