/** A package that is installed from npm or from its tgz, as `npm run build` makes it of packages/`folder`. */
export interface Library {
  readonly folder: string;
  readonly description: string;
  /** What must be there when it runs is named in the sources' package.json; this is for its types alone. */
  readonly typeDependencies: readonly string[];
  /** Ways in that are one file each: what they stand on, the contract and its dependencies, is inside, and in no other module. */
  readonly wholeFiles: readonly string[];
}

/** Every package for shops and their pages, those that others stand on first. One more is one more row. */
export const libraries: readonly Library[] = [
  {
    folder: "sdk",
    description:
      "The client of Stanchion for browsers and servers, and what keeps a shop's checkout for the admitted",
    typeDependencies: ["valibot"],
    wholeFiles: ["./testing"],
  },
  {
    folder: "react",
    description: "Hooks and rooms for React, over the client of Stanchion",
    typeDependencies: [],
    wholeFiles: [],
  },
];
