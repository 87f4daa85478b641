import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ConfigError, resolveConfig } from "#server/config.js";

describe("resolveConfig()", () => {
  it("has a default for everything", () => {
    const config = resolveConfig({}, {}, "/here");
    assert.equal(config.port, 7474);
    assert.equal(config.host, "127.0.0.1");
    assert.equal(config.dataFolder, "/here/.headwater");
    assert.equal(config.token, null);
    assert.ok(Object.isFrozen(config));
  });

  it("prefers a flag to the environment, and the environment to the default", () => {
    const environment = { PORT: "8000", HEADWATER_DATA_FOLDER: "elsewhere", HEADWATER_STEP_ENV: " A, B ,,C" };
    const config = resolveConfig({ port: 9000 }, environment, "/here");
    assert.equal(config.port, 9000);
    assert.equal(config.dataFolder, "/here/elsewhere");
    assert.deepEqual(config.stepEnv, ["A", "B", "C"]);
  });

  it("takes empty text for what was not set", () => {
    const environment = { PORT: "", HEADWATER_DATA_FOLDER: "", HEADWATER_HOST: "", HEADWATER_CONTAINERS: "" };
    for (const options of [{}, { dataFolder: "", host: "" }]) {
      const config = resolveConfig(options, environment, "/here");
      assert.deepEqual([config.dataFolder, config.host], ["/here/.headwater", "127.0.0.1"]);
    }
    const set = resolveConfig({ dataFolder: "" }, { HEADWATER_DATA_FOLDER: "elsewhere" }, "/here");
    assert.equal(set.dataFolder, "/here/elsewhere");
  });

  it("refuses an address that others can reach without a token, and takes it with one", () => {
    for (const host of ["0.0.0.0", "::", "192.168.1.5", "example.com"]) {
      assert.throws(() => resolveConfig({ host }, {}, "/"), /needs HEADWATER_TOKEN/);
      assert.equal(resolveConfig({ host }, { HEADWATER_TOKEN: "secret" }, "/").host, host);
    }
    for (const host of ["127.0.0.1", "127.8.8.8", "localhost", "::1"]) {
      assert.equal(resolveConfig({ host }, {}, "/").host, host);
    }
  });

  it("reads the hosts that steps may call, and refuses what is no host", () => {
    const read = (hosts: string): readonly string[] =>
      resolveConfig({}, { HEADWATER_HTTP_HOSTS: hosts }, "/").httpHosts;
    assert.deepEqual(read(" api.example.com, 10.0.0.0/8,"), ["api.example.com", "10.0.0.0/8"]);
    assert.deepEqual(read(""), []);
    assert.throws(() => read("https://api.example.com"), /HEADWATER_HTTP_HOSTS must be like .* has "https:/);
  });

  it("finds the secrets file from the current folder, and has none by default", () => {
    const { secretsFile } = resolveConfig({}, { HEADWATER_SECRETS_FILE: "secrets.json" }, "/here");
    assert.equal(secretsFile, "/here/secrets.json");
    assert.equal(resolveConfig({}, { HEADWATER_SECRETS_FILE: "" }, "/here").secretsFile, null);
  });

  it("refuses a secret that no header could carry, by its name", () => {
    for (const name of ["HEADWATER_TOKEN", "HEADWATER_HOOK_SECRET", "HEADWATER_HOOK_SECRET_BEFORE"])
      assert.throws(
        () => resolveConfig({}, { [name]: "two words" }, "/"),
        new RegExp(`${name} must have no white space`),
      );
  });

  it("reads slots of pools and limits of permits, and refuses what is neither", () => {
    const read = (pools: string, permits = ""): readonly [object, object] => {
      const config = resolveConfig({}, { HEADWATER_POOLS: pools, HEADWATER_PERMITS: permits }, "/");
      return [config.pools, config.permits];
    };
    assert.deepEqual(read(""), [{ default: 8 }, {}]);
    assert.deepEqual(read(" gpu = 1, heavy=2,", "orders_api=20,closed=0"), [
      { default: 8, gpu: 1, heavy: 2 },
      { orders_api: 20, closed: 0 },
    ]);
    for (const wrong of ["gpu", "gpu=0", "gpu=-1", "gpu=many", "2gpu=1", "gpu=10001", "=1"]) {
      assert.throws(() => read(wrong), new RegExp(`HEADWATER_POOLS .*has "${wrong}"`));
    }
    assert.throws(() => read("default=4"), /are set by HEADWATER_PARALLEL_ATTEMPTS/);
    assert.throws(() => read("", "api=x"), /HEADWATER_PERMITS .*from 0 to 10000/);
  });

  it("reads how long to keep runs and signals: all, or a day and more", () => {
    const read = (kept: string): readonly (number | null)[] => {
      const config = resolveConfig({}, { HEADWATER_KEEP_RUNS: kept, HEADWATER_KEEP_SIGNALS: kept }, "/");
      return [config.keepRunsMs, config.keepSignalsMs];
    };
    assert.deepEqual(["", "all", "90d", "1w12h"].map(read), [
      [null, null],
      [null, null],
      [7_776_000_000, 7_776_000_000],
      [648_000_000, 648_000_000],
    ]);
    for (const wrong of ["90", "23h", "0d", "-1d", "ever"])
      assert.throws(() => read(wrong), new RegExp(`HEADWATER_KEEP_RUNS must .*"${wrong}"`));
  });

  it("tells every problem at once", () => {
    const environment = { PORT: "http", HEADWATER_POLL_SECONDS: "0", HEADWATER_MAX_LOG_MB: "1.5" };
    assert.throws(
      () => resolveConfig({ host: "0.0.0.0" }, environment, "/"),
      (error) =>
        error instanceof ConfigError && error.problems.length === 4 && /PORT.*"http"/.test(error.message),
    );
  });
});
