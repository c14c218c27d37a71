"use client";

import { Stanchion, type StanchionOptions } from "@stanchion/sdk";
import { createContext, createElement, type ReactElement, type ReactNode, useContext, useState } from "react";

const StanchionContext = createContext<Stanchion | null>(null);

/** What {@link StanchionProvider} takes: a client of yours, or what one is made from. */
export type StanchionProviderProps = { readonly children?: ReactNode } & (
  | { readonly client: Stanchion; readonly options?: undefined }
  | { readonly client?: undefined; readonly options: StanchionOptions }
);

/**
 * Gives every hook below it the client. Made from `options`, the client stays the same until the publishable key or the address
 * change, so that options may be written in place; what else they hold is read once.
 *
 * @throws {TypeError} When neither is given, or an option cannot be right.
 * @example
 * createElement(StanchionProvider, { options: { publishableKey: "pk_test_…", baseUrl: "https://line.example.com" } }, page)
 */
export function StanchionProvider({ client, options, children }: StanchionProviderProps): ReactElement {
  const own = useOwnClient(options);
  const value = client ?? own;
  if (value === null) throw new TypeError("StanchionProvider needs a client, or options to make one from.");
  return createElement(StanchionContext.Provider, { value }, children);
}

/**
 * The client of the nearest {@link StanchionProvider}.
 *
 * @throws {Error} When there is no provider above.
 * @example
 * const { auth } = useStanchion();
 */
export function useStanchion(): Stanchion {
  const client = useContext(StanchionContext);
  if (client === null) throw new Error("There is no StanchionProvider above this component.");
  return client;
}

interface OwnClient {
  readonly publishableKey: string;
  readonly baseUrl: string;
  readonly client: Stanchion;
}

function useOwnClient(options: StanchionOptions | undefined): Stanchion | null {
  const [own, setOwn] = useState(() => makeOwnClient(options));
  if (own?.publishableKey === options?.publishableKey && own?.baseUrl === options?.baseUrl)
    return own?.client ?? null;
  const next = makeOwnClient(options);
  setOwn(next);
  return next?.client ?? null;
}

function makeOwnClient(options: StanchionOptions | undefined): OwnClient | null {
  if (options === undefined) return null;
  const { publishableKey, baseUrl } = options;
  return { publishableKey, baseUrl, client: new Stanchion(options) };
}
