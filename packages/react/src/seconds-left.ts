"use client";

import { useEffect, useState } from "react";

/** Whole seconds until a time of the server's, never below 0, each second anew; null where there is none, and in a server's page. */
export function useSecondsLeft(expiresAt: string | null, clockOffsetMs: number): number | null {
  const [secondsLeft, setSecondsLeft] = useState<number | null>(null);
  useEffect(() => {
    if (expiresAt === null) {
      setSecondsLeft(null);
      return;
    }
    const show = (): void => setSecondsLeft(secondsUntil(expiresAt, Date.now() + clockOffsetMs));
    show();
    const timer = setInterval(show, 1_000);
    return () => clearInterval(timer);
  }, [expiresAt, clockOffsetMs]);
  return expiresAt === null ? null : secondsLeft;
}

function secondsUntil(expiresAt: string, serverNowMs: number): number {
  return Math.max(0, Math.ceil((Date.parse(expiresAt) - serverNowMs) / 1_000));
}
