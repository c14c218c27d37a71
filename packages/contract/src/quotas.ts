/** What the host can bound for one organization. Without a quota it may have as many as it likes. */
export const quotaNames = ["openQueues", "people", "deliveries"] as const;
export type QuotaName = (typeof quotaNames)[number];

/** Null: as many as it likes. */
export type Quotas = Readonly<Record<QuotaName, number | null>>;
