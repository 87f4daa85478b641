const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Reads a size such as `512Mi`, `4Gi` or `2G` to bytes, with the units of Kubernetes; null when it is none. */
export function parseByteSize(written: string): number | null {
  const [, amount = "", unit = ""] = /^(\d{1,12}(?:\.\d{1,6})?)([kMGT]i?|Ki)?$/.exec(written) ?? [];
  const bytes = Math.round(Number(amount) * (UNITS[unit] ?? NaN));
  return amount !== "" && bytes > 0 && Number.isSafeInteger(bytes) ? bytes : null;
}

/** Reads a number of processors such as `2`, `0.5` or `500m`, thousandths; null when it is none. */
export function parseCpus(written: string): number | null {
  const [, amount = "", milli] = /^(\d{1,6}(?:\.\d{1,3})?)(m)?$/.exec(written) ?? [];
  const cpus = milli === undefined ? Number(amount) : Number(amount) / 1000;
  return amount !== "" && cpus > 0 ? cpus : null;
}
