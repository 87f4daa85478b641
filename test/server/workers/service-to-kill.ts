// A service in small: started by a test, which kills it with SIGKILL and looks for what it leaves behind.
import { openWorld, runRequest, sqlRequest } from "./attempts.js";

const world = await openWorld();
const endless =
  "select count(*) from range(100000000) a, range(100000000) b where (a.range * b.range) % 7 = 3";
// Its first argument is what the script begins with.
const script = `${process.argv[2] ?? ""}\nsleep 1000 & echo $! > pids; echo $$ >> pids; wait`;
for (const request of [runRequest(script), sqlRequest(endless)]) {
  void world.workers.execute(world.attempt(request), new AbortController(), () => {
    const { launcherProcessIds, databaseProcessIds } = world.workers;
    process.send?.({ tree: world.tree, processIds: [...launcherProcessIds, ...databaseProcessIds] });
  });
}
