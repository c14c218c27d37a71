import type { OperationName } from "@stanchion/contract";
import type { FastifyContextConfig, FastifyRequest } from "fastify";
import { type ApiError, apiError } from "../errors/index.ts";
import type { Maintenance } from "../maintenance/index.ts";
import type { OverloadGuard } from "./overload-guard.ts";

/** What a route does while the server cannot serve: an operation of the usual kind refuses. */
export type Standing =
  | "usual"
  /** Refuses under load after the usual ones: whoever is admitted already buys first. */
  | "keptLongest"
  /** Says by itself when to come back: a browser's EventSource gives up for ever on a 503. */
  | "stream"
  /** Answers during maintenance and under any load too, as pages and their files do. */
  | "staysUp";

declare module "fastify" {
  interface FastifyContextConfig {
    standing?: Standing;
    operation?: OperationName;
    /** Is it asked for addresses with empty parts too, such as one with a slash at its end? Else they are 404. */
    takesEmptyParts?: true;
    /** The handler takes the body as bytes. */
    takesBytes?: true;
  }
}

/** Why the whole server may refuse what it would else do. */
export interface Outages {
  /** True once the process is stopping. */
  readonly isDraining: () => boolean;
  /** Null: none is on. */
  readonly maintenance: () => Maintenance | null;
  /** Absent: everything is taken. */
  readonly overload?: OverloadGuard | undefined;
}

const drainingRetrySeconds = 3;

/** The 503 that comes before everything else, the router's 404 too; null: the request goes on its way. `route`: its config. */
export function outageRefusal(
  request: FastifyRequest,
  route: FastifyContextConfig,
  outages: Outages,
): ApiError | null {
  const isDraining = outages.isDraining();
  const maintenance = outages.maintenance();
  if (!isDraining && maintenance === null) return overloadRefusal(request, route, outages.overload);
  const standing = request.is404 ? "usual" : (route.standing ?? "staysUp");
  if (standing === "stream") return null;
  if (isDraining && request.raw.url !== "/health/live")
    return apiError("DEPLOYING", { retryAfterSeconds: drainingRetrySeconds });
  if (maintenance === null || standing === "staysUp") return null;
  return maintenanceError(maintenance);
}

/** 2 to 6 s: waits given to many at once are spread. */
const overloadedRetrySeconds = { least: 2, spread: 5 };

function overloadRefusal(
  request: FastifyRequest,
  { operation, standing }: FastifyContextConfig,
  guard: OverloadGuard | undefined,
): ApiError | null {
  if (guard === undefined) return null;
  if (standing !== "usual" && standing !== "keptLongest") return null;
  if (!guard.refuses(operation, request.call.startedAtMs, standing === "keptLongest")) return null;
  const { least, spread } = overloadedRetrySeconds;
  return apiError("OVERLOADED", { retryAfterSeconds: least + Math.floor(Math.random() * spread) });
}

function maintenanceError({ since, retryAfterSeconds, message }: Maintenance): ApiError {
  return apiError("MAINTENANCE", {
    retryAfterSeconds,
    details: {
      retryAfter: retryAfterSeconds,
      since: since.toISOString(),
      ...(message === null ? {} : { message }),
    },
  });
}
