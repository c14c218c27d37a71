import { sendCrowd, startDemoServer } from "./demo-server.ts";
import { judgeCrowd } from "./judge-crowd.ts";
import type { TortureRun } from "./torture-run.ts";

const admitRate = 6_000;

export const crowdRun: TortureRun = {
  name: "crowd",
  about: "a crowd joins the demo's line through the SDK, and everybody buys",
  async run(ctx) {
    const server = await startDemoServer(ctx);
    await server.patchQueue({ admitRate });
    const crowd = sendCrowd(ctx, { fans: ctx.isQuick ? 200 : 2_000, patienceSeconds: 300 });
    return judgeCrowd(await crowd.report, server, admitRate);
  },
};
