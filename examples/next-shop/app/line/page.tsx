import { StanchionProvider, WaitingRoom } from "@stanchion/react";
import { readRoom } from "../../open-shop.ts";

// The settings are those of the running shop, and not of the machine that builds it.
export const dynamic = "force-dynamic";

/** The line as a page of the shop's own: rendered here, and alive in the fan's browser. */
export default function Line() {
  const { options, queueId, checkoutUrl } = readRoom();
  return (
    <main>
      <h1>The line for the friday shoe</h1>
      <StanchionProvider options={options}>
        <WaitingRoom queueId={queueId} checkoutUrl={checkoutUrl} />
      </StanchionProvider>
    </main>
  );
}
