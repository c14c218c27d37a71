/** What the server tells the page; it stands in the page as JSON, under this id. */
export interface PageConfig {
  readonly queueId: string;
  readonly queueName: string;
  readonly publishableKey: string;
  readonly checkoutUrl: string | null;
}

export const configElementId = "stanchion-config";
