import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openWorld, sqlRequest, type World } from "#test/server/workers/attempts.js";
import { until } from "#test/until.js";
import { openPostgres, PASSWORD, type RealPostgres } from "./real-postgres.js";

type SqlRequest = ReturnType<typeof sqlRequest>;

describe("sql on PostgreSQL", function () {
  this.timeout(60_000);
  let postgres: RealPostgres;
  let world: World;
  before(async function () {
    const opened = await openPostgres();
    if (typeof opened === "string") {
      process.stderr.write(`      not tested: ${opened}\n`);
      return this.skip();
    }
    postgres = opened;
    const environment = { HEADWATER_SECRET_WAREHOUSE: postgres.url, HEADWATER_SECRET_PASSWORD: PASSWORD };
    world = await openWorld({ environment });
  });
  after(async () => {
    await world?.close();
    await postgres?.close();
  });

  const server = { url: { secret: "WAREHOUSE" }, password: null };
  const onServer = (query: string, rest: Partial<SqlRequest> = {}): SqlRequest =>
    sqlRequest(query, { server, ...rest });

  it("runs statements, binds params by name, and gives the first row as outputs", async () => {
    const query = `create table sales (country text, amount numeric(10, 2), day date);
      -- a comment; with $nothing /* in it */
      insert into sales values ($country, $amount, $day), ('de', 2.5, $day);
      create function total(wanted text) returns numeric language sql
        begin atomic; select sum(amount) from sales where country = wanted; end;
      select count(*) as sales, total($country) as total, bool_and(amount > $least) as all_large, min(day) as day,
        $country as name, 'a;b $country' as text, array_agg(country order by country) as countries,
        (select count(*) from sales where country = any($wanted)) as found, $limit + 1 as next
      from sales limit $limit;`;
    const outputs = {
      sales: { name: "int" },
      total: { name: "double" },
      all_large: { name: "bool" },
      day: { name: "date" },
      name: { name: "string" },
      text: { name: "string" },
      countries: { name: "list", of: { name: "string" } },
      found: { name: "int" },
      next: { name: "int" },
    } as const;
    const country = "o'brien\"; drop table sales; --";
    const params = { country, amount: 1.5, day: "2026-03-02", least: 1, wanted: [country, "x"], limit: 3 };
    assert.deepEqual(await world.execute(onServer(query, { params, outputs })), {
      status: "succeeded",
      outputs: {
        sales: 2,
        total: 1.5,
        all_large: true,
        day: "2026-03-02",
        name: country,
        text: "a;b $country",
        countries: ["de", country],
        found: 1,
        next: 4,
      },
    });
    assert.match(world.log(), /^sys statement 2 of 4: 2 rows changed in \d/m);
  });

  it("answers with the types that DuckDB answers with", async () => {
    const values: readonly (readonly [sql: string, json: unknown])[] = [
      ["9007199254740991::int8", 9_007_199_254_740_991],
      ["9007199254740993::int8", "9007199254740993"],
      ["1.25::numeric", 1.25],
      ["'NaN'::float8", null],
      ["timestamp '2026-03-02 06:00:00.5'", "2026-03-02T06:00:00.500Z"],
      ["timestamptz '2026-03-02 06:00:00+02'", "2026-03-02T04:00:00.000Z"],
      ["'infinity'::timestamptz", null],
      ["timestamp '10000-01-01'", "10000-01-01 00:00:00"],
      ["interval '1 day 2 hours 3.5 seconds'", "26h3500ms"],
      ["interval '-90 minutes'", "-1h1800000ms"],
      ["interval '1 month'", "P1M"],
      [`'{"a": [1, null]}'::jsonb`, { a: [1, null] }],
      [`'{"id": 1234567890123456789}'::json`, { id: "1234567890123456789" }],
      [
        `array[['a"b', null], ['c,d', 'NULL']]`,
        [
          ['a"b', null],
          ["c,d", "NULL"],
        ],
      ],
      ["'{}'::int[]", []],
      ["'[0:1]={1,2}'::int[]", [1, 2]],
      ["array[date '2026-03-02']", ["2026-03-02"]],
      ["'\\x00ff'::bytea", "\\x00ff"],
      ["null", null],
      ["'00000000-0000-0000-0000-000000000001'::uuid", "00000000-0000-0000-0000-000000000001"],
    ];
    const columns = values.map(([sql], index) => `${sql} as v${index}`);
    const outputs = Object.fromEntries(values.map((_, index) => [`v${index}`, { name: "json" } as const]));
    const result = await world.execute(onServer(`select ${columns.join(", ")}`, { outputs }));
    assert.deepEqual(
      result.status === "succeeded" ? result.outputs : result,
      Object.fromEntries(values.map(([, json], index) => [`v${index}`, json])),
    );
  });

  it("answers in UTC whatever zone the query has set", async () => {
    const query = "set timezone = 'Europe/Berlin'; select timestamptz '2026-03-02 06:00:00+01' as at";
    const outputs = { at: { name: "json" } } as const;
    const result = await world.execute(onServer(query, { outputs }));
    assert.deepEqual(result.status === "succeeded" && result.outputs, { at: "2026-03-02T05:00:00.000Z" });
  });

  it("reads a result of a million rows, shows the first, and calls a function at each", async () => {
    await world.execute(
      onServer("create sequence seen; select nextval('seen') from generate_series(1, 1000000)"),
    );
    assert.match(world.log(), /^out … 999980 rows more\nsys statement 2 of 2: 1000000 rows in \d/m);
    assert.deepEqual(await askSales("select last_value from seen"), [1_000_000]);
  });

  it("says where the database takes no params, and that is the step's failure", async () => {
    const query = "create view of_one as select $n as n";
    const result = await world.execute(onServer(query, { params: { n: 1 } }));
    assert.match(result.status === "failed" ? result.message : "", /^PostgreSQL takes no params in this/);
    assert.equal(result.status === "failed" && result.class, "error");
  });

  it("rolls back what is not committed when a statement fails, and keeps what was before", async () => {
    const query = "create table kept (n int); begin; insert into kept values (1); select 1/0";
    const result = await world.execute(onServer(query));
    assert.equal(result.status === "failed" && result.message, "division by zero");
    assert.deepEqual(await askSales("select count(*)::int from kept"), [0]);
  });

  it("cancels the query in the server when its time is over, at once", async () => {
    const result = await world.execute(onServer("select pg_sleep(1234)", { timeoutMs: 1000 }));
    assert.equal(result.status === "failed" && result.message, "timed out after 1s");
    const running =
      "select 1 from pg_stat_activity where query = 'select pg_sleep(1234)' and state = 'active'";
    await until("the server has let go of it", async () => (await postgres.ask(running)).length === 0);
  });

  it("cancels the query when the attempt is canceled, and is known to the server's operators", async () => {
    const cancel = new AbortController();
    const attempt = world.attempt(onServer("select pg_sleep(1235)"));
    const executing = world.workers.execute(attempt, cancel, () => undefined);
    const names = "select application_name from pg_stat_activity where query = 'select pg_sleep(1235)'";
    const [name] = await until("the server executes it", async () => {
      const found = await postgres.ask(names);
      return found.length > 0 && found;
    });
    assert.equal(name, "headwater run");
    cancel.abort();
    assert.deepEqual(await executing, { status: "canceled" });
    assert.deepEqual(await postgres.ask(names), []);
  });

  it("takes a connection that the server ends for the platform's failure", async () => {
    const executing = world.execute(onServer("select pg_sleep(1236)"));
    const end =
      "select pg_terminate_backend(pid) from pg_stat_activity where query = 'select pg_sleep(1236)'";
    await until("the server ends it", async () => (await postgres.ask(end)).length > 0);
    const result = await executing;
    assert.equal(result.status === "failed" && result.class, "platform");
  });

  it("never tells the address that is a secret, nor the password in it", async () => {
    const query = `do $$ begin raise notice 'told: ${PASSWORD}'; end $$; select nope, '${PASSWORD}' as told`;
    const result = await world.execute(onServer(query));
    const told = `${world.log()}${JSON.stringify(result)}`;
    assert.match(told, /NOTICE: told: \*\*\*/);
    assert.match(told, /column "nope" does not exist/);
    assert.ok(!told.includes(PASSWORD) && !told.includes(encodeURIComponent(PASSWORD)), told);
  });

  for (const { name, url, message, blame = "error" } of [
    {
      name: "an unknown word of sslmode",
      url: "postgres://a@127.0.0.1/b?sslmode=prefer",
      message: /sslmode "prefer" may ask the server in clear/,
    },
    {
      name: "a parameter that it does not know",
      url: "postgres://a@127.0.0.1/b?pool=3",
      message: /its URL has "pool", which means nothing here/,
    },
    {
      name: "a URL without a database",
      url: "postgres://a@127.0.0.1",
      message: /^Cannot connect: its URL names no database$/,
    },
    {
      name: "a sign that is no escape",
      url: "postgres://u:100%@127.0.0.1/d",
      message: /^Cannot connect: the password in its URL holds a "%" that is no escape: write it as %25$/,
    },
    { name: "another kind of URL", url: "mysql://a@127.0.0.1/b", message: /is not of the form postgres:/ },
    {
      name: "the address of a cloud's credentials",
      url: "postgres://a@169.254.169.254/b",
      message: /"169\.254\.169\.254" is where clouds keep/,
    },
    {
      name: "a name that leads nowhere",
      url: "postgres://a@nowhere.invalid/b?sslmode=disable",
      message: /^Cannot reach the database: getaddrinfo/,
      blame: "platform",
    },
  ]) {
    it(`refuses ${name} in words`, async () => {
      const result = await world.execute(onServer("select 1", { server: { url, password: null } }));
      assert.match(result.status === "failed" ? result.message : "", message);
      assert.equal(result.status === "failed" && result.class, blame);
    });
  }

  it("asks for a password apart from the address, and for TLS where the server is another machine", async () => {
    const address = `postgres://loader@127.0.0.1:${postgres.port}/sales`;
    const apart = { url: address, password: { secret: "PASSWORD" } };
    assert.equal((await world.execute(onServer("select 1", { server: apart }))).status, "succeeded");
    const secure = { ...apart, url: `${address}?sslmode=verify-full` };
    const result = await world.execute(onServer("select 1", { server: secure }));
    const { message } = result.status === "failed" ? result : { message: "" };
    assert.match(
      message,
      /does not support SSL connections: give the URL sslrootcert=FILE, or sslmode=disable/,
    );
  });

  it("gives up a server that accepts and says nothing, when the attempt's time is over", async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const place = silent.address();
    const port = typeof place === "object" && place !== null ? place.port : 0;
    const address = { url: `postgres://a@127.0.0.1:${port}/b`, password: null };
    const result = await world.execute(onServer("select 1", { server: address, timeoutMs: 200 }));
    silent.close();
    assert.equal(result.status === "failed" && result.message, "timed out after 200ms");
  });

  it("gives a server no password but the one of its connection, whatever stands in the operator's .pgpass", async () => {
    const home = mkdtempSync(join(tmpdir(), "headwater-home-"));
    writeFileSync(join(home, ".pgpass"), "*:*:*:*:the operator's own\n", { mode: 0o600 });
    const greedy = await passwordTaker();
    const ownHome = await openWorld({ environment: { HOME: home } });
    const address = { url: `postgres://u@127.0.0.1:${greedy.port}/d`, password: null };
    await ownHome.execute(onServer("select 1", { server: address }));
    await ownHome.close();
    greedy.close();
    rmSync(home, { recursive: true });
    assert.deepEqual(greedy.taken, [""]);
  });

  it("says that there is nothing to run, which param is missing, and that params have names", async () => {
    const message = async (query: string): Promise<string> => {
      const result = await world.execute(onServer(query));
      return result.status === "failed" ? result.message : "";
    };
    assert.equal(await message(" ; -- nothing\n /* ; /* ; */ */"), "The query has no statement");
    assert.match(await message("select $a"), /^Cannot bind \$a: params has no "a"; there are none$/);
    assert.match(await message("select $1"), /^Cannot bind parameter 1: params are bound by name/);
  });

  async function askSales(query: string): Promise<unknown> {
    const outputs = { v: { name: "json" } } as const;
    const result = await world.execute(onServer(`select (${query}) as v`, { outputs }));
    return result.status === "succeeded" ? [result.outputs["v"]] : result;
  }
});

/** A server that asks whoever comes for a password in clear, and hangs up. Source: PostgreSQL's Message Formats, 55.7. */
async function passwordTaker(): Promise<{
  readonly port: number;
  readonly taken: readonly string[];
  close(): void;
}> {
  const taken: string[] = [];
  const server = createServer((socket) => {
    socket.once("data", () => {
      socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]));
      socket.once("data", (message) => {
        taken.push(message.subarray(5, -1).toString("utf8"));
        socket.end();
      });
    });
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const place = server.address();
  const port = typeof place === "object" && place !== null ? place.port : 0;
  return { port, taken, close: () => void server.close() };
}
