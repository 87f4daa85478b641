import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openWorld, sqlRequest, type World } from "../workers/attempts.js";

const FLIGHTS = join(
  dirname(fileURLToPath(import.meta.resolve("vega-datasets"))),
  "../data/flights-3m.parquet",
);

describe("sql", () => {
  let world: World;
  before(async () => (world = await openWorld()));
  after(() => world.close());

  it("runs statements on real data, binds params by name, and gives the first row as outputs", async () => {
    const query = `create table flights as select * from read_parquet('${FLIGHTS}');
      select count(*) as flights, max(distance) > $far as far, [1, 2] as parts, 1.5::decimal(4, 1) as price,
        date '2026-03-02' as day, timestamp '2026-03-02 06:00:00' as at, $name as name from flights`;
    const outputs = {
      flights: { name: "int" },
      far: { name: "bool" },
      parts: { name: "list", of: { name: "int" } },
      price: { name: "double" },
      day: { name: "date" },
      at: { name: "timestamp" },
      name: { name: "string" },
    } as const;
    const params = { far: 100, name: "a'; drop table flights; --" };
    assert.deepEqual(await world.execute(sqlRequest(query, { params, outputs })), {
      status: "succeeded",
      outputs: {
        flights: 3_000_000,
        far: true,
        parts: [1, 2],
        price: 1.5,
        day: "2026-03-02",
        at: "2026-03-02T06:00:00.000Z",
        name: "a'; drop table flights; --",
      },
    });
  });

  it("shows the first rows in the log, and how many there are", async () => {
    await world.execute(sqlRequest("select range as n, 'x' as label from range(25)"));
    const lines = world.log().split("\n");
    assert.deepEqual(lines.slice(0, 3), ["out  n  label", "out ──  ─────", "out  0  x"]);
    assert.equal(lines[22], "out … 5 rows more");
    assert.match(lines[23] ?? "", /^sys statement 1 of 1: 25 rows in \d/);
  });

  for (const { name, request, message } of [
    {
      name: "an error of DuckDB",
      request: sqlRequest("select * from nope"),
      message: /Table with name nope does not exist/,
    },
    {
      name: "a param that is not there",
      request: sqlRequest("select $a"),
      message: /^Cannot bind \$a: params has no "a"; there are none$/,
    },
    {
      name: "an output without a column",
      request: sqlRequest("select 1 as a", { outputs: { b: { name: "int" } } }),
      message: /the last statement has no column "b", it has "a"$/,
    },
  ]) {
    it(`fails in words at ${name}`, async () => {
      const result = await world.execute(request);
      assert.match(result.status === "failed" && result.class === "error" ? result.message : "", message);
    });
  }

  it("interrupts an endless query, and the database goes on", async () => {
    const endless =
      "select count(*) from range(100000000) a, range(100000000) b where (a.range * b.range) % 7 = 3";
    const result = await world.execute(sqlRequest(endless, { timeoutMs: 100 }));
    assert.equal(result.status === "failed" && result.message, "timed out after 100ms");
    assert.equal((await world.execute(sqlRequest("select 1"))).status, "succeeded");
    assert.equal(world.workers.databaseProcessIds.length, 1);
  });

  it("says so when another process has the database open", async () => {
    const second = await openWorld();
    const request = sqlRequest("select 1");
    const attempt = { ...second.attempt(request), dataFolder: world.attempt(request).dataFolder };
    const result = await second.workers.execute(attempt, new AbortController(), () => undefined);
    await second.close();
    assert.match(
      result.status === "failed" && result.class === "platform" ? result.message : "",
      /^Cannot open warehouse\.duckdb: another process has it open/,
    );
  });
});
