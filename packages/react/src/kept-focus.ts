"use client";

import { type FocusEvent, type RefObject, useEffect, useRef } from "react";

/** What an element needs so that the focus stays in it when a part that had it goes. */
export interface KeptFocus {
  readonly ref: RefObject<HTMLElement | null>;
  readonly onFocus: () => void;
  readonly onBlur: (event: FocusEvent) => void;
}

/** Keeps the focus in an element whose parts come and go with `part`: whoever was in it is led to the element itself. */
export function useKeptFocus(part: string): KeptFocus {
  const ref = useRef<HTMLElement>(null);
  const isInside = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the part that has gone is why the focus may be lost
  useEffect(() => {
    const { current } = ref;
    if (!isInside.current || current === null || current.contains(document.activeElement)) return;
    current.focus();
  }, [part]);
  return {
    ref,
    onFocus: () => {
      isInside.current = true;
    },
    onBlur: ({ relatedTarget }) => {
      // Nowhere else: the element that had it went away, or the window lost it as a whole.
      if (relatedTarget !== null) isInside.current = ref.current?.contains(relatedTarget as Node) ?? false;
    },
  };
}
