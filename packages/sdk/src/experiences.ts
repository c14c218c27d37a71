import type { PublicExperience } from "@stanchion/contract";
import { isNamed } from "./answers.ts";
import type { CallOptions } from "./entry-desk.ts";
import { pathOf, type Transport } from "./transport.ts";

/** Launches and what they offer. Reached as `stanchion.experiences`. */
export interface Experiences {
  /**
   * Reads an experience with the products and variants that it offers.
   *
   * @throws {StanchionError} EXPERIENCE_NOT_FOUND, OTHER_ORGANIZATION and what every call can throw.
   * @example
   * const { name, products } = await stanchion.experiences.get(experienceId);
   */
  get(experienceId: string, options?: CallOptions): Promise<PublicExperience>;
}

/** The experiences as one client sees them. */
export class ExperienceDesk implements Experiences {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async get(experienceId: string, { signal }: CallOptions = {}): Promise<PublicExperience> {
    return this.#transport.call(
      { path: pathOf("experience", experienceId), signal },
      isNamed<PublicExperience>,
    );
  }
}
