import type { Language } from "@stanchion/element";

/** Where the page's links and forms lead. */
export interface PlainLinks {
  readonly page: string;
  readonly leaveQuestion: string;
  readonly join: string;
  readonly leave: string;
  readonly checkout: string;
  readonly receipt: string;
}

/** `asked`: the language that the address says; every link says it on. Null: none. */
export function plainLinks(queueId: string, asked: Language | null): PlainLinks {
  const path = `/q/${queueId}/plain`;
  const query = asked === null ? "" : `?lang=${asked}`;
  return {
    page: path + query,
    leaveQuestion: `${path}?${asked === null ? "" : `lang=${asked}&`}leave=1#leave`,
    join: `${path}/join${query}`,
    leave: `${path}/leave${query}`,
    checkout: `${path}/checkout${query}`,
    receipt: `${path}/receipt${query}`,
  };
}
