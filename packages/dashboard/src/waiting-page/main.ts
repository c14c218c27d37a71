/** The script of the waiting page is the one that any page can load. */
import "@stanchion/element/define";
