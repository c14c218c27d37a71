import { Stanchion, StanchionError } from "@stanchion/sdk";

const find = (selector) => document.querySelector(selector);
const { url, key, queue, checkout } = find("#room").dataset;
const stanchion = new Stanchion({ publishableKey: key, baseUrl: url });

const words = {
  loading: "One moment …",
  outside: "You are not in line yet.",
  waiting: "You are in line.",
  admitted: "It is your turn.",
  completed: "You have bought.",
  left: "You have left the line.",
  expired: "Your turn is over.",
  denied: "The organizer has taken you out of the line.",
};

stanchion.queues.watch(queue, {
  onChange: ({ phase, position, admission }) => {
    const canJoin = phase === "outside" || phase === "left" || phase === "expired";
    find("[role=status]").textContent = words[phase];
    find("#place").textContent = position === null ? "" : `Your place: ${position}`;
    find("#join").hidden = !canJoin;
    find("#leave").hidden = phase !== "waiting" && phase !== "admitted";
    find("#checkout").hidden = admission === null;
    if (admission !== null) find("#checkout").href = `${checkout}?admission_token=${admission.token}`;
  },
});

find("#join").addEventListener("click", () => call(stanchion.queues.enter(queue, { waitForOpening: true })));
find("#leave").addEventListener("click", () => call(stanchion.queues.leave(queue)));

async function call(answer) {
  find("[role=alert]").textContent = "";
  try {
    await answer;
  } catch (error) {
    if (!(error instanceof StanchionError)) throw error;
    find("[role=alert]").textContent = error.message;
  }
}
