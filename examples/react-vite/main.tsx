import { StanchionProvider, useAdmission, WaitingRoom } from "@stanchion/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { settings } from "./settings.ts";

const options = { publishableKey: settings.publishableKey, baseUrl: settings.url };

/** Shares the room's connection: the hook and the room show the same place. */
function Banner() {
  const { secondsLeft } = useAdmission(settings.queueId);
  return secondsLeft === null ? null : <p>Your turn ends in {secondsLeft} s.</p>;
}

function App() {
  return (
    <StanchionProvider options={options}>
      <h1>The friday shoe</h1>
      <Banner />
      <WaitingRoom queueId={settings.queueId} checkoutUrl={settings.checkoutUrl} />
    </StanchionProvider>
  );
}

const app = document.querySelector("#app");
if (app !== null)
  createRoot(app).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
