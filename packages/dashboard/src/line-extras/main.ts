/** The module that a line loads when there is a place. */
export { createExtras } from "@stanchion/element/extras";
