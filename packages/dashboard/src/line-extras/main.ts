/** The module that a line or a draw loads when there is a place. */
export { createExtras } from "@stanchion/element/extras";
