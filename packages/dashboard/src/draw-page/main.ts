/** The script of the page of a draw is the one that any page can load. */
import "@stanchion/element/define-draw";
