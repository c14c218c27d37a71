/** The script of the verify page, and of the worker that it starts from its own text. */
import { startPage } from "./page.ts";
import { serveChecks, type WorkerScope } from "./run-check.ts";

if ("document" in globalThis) startPage(document.currentScript?.textContent ?? "");
else serveChecks(workerScope());

/** Where there is no document, the global scope is a worker's, which the compiler does not know here. */
function workerScope(): WorkerScope {
  return globalThis as unknown as WorkerScope;
}
