/** What the app is built with, from variables of these names. */
declare global {
  interface ImportMeta {
    readonly env: Readonly<Record<string, string | undefined>>;
  }
}

export const settings = {
  url: import.meta.env.VITE_STANCHION_URL ?? "",
  publishableKey: import.meta.env.VITE_STANCHION_PUBLISHABLE_KEY ?? "",
  queueId: import.meta.env.VITE_STANCHION_QUEUE_ID ?? "",
  checkoutUrl: import.meta.env.VITE_CHECKOUT_URL ?? "",
};
