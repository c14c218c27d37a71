/** The script that pages load: defines `<stanchion-line>`. */
import { defineRoomElement } from "./room-element.ts";
import { StanchionLine } from "./stanchion-line.ts";

// Known only while the script runs for the first time.
const script = document.currentScript;
defineRoomElement("stanchion-line", StanchionLine, script instanceof HTMLScriptElement ? script.src : null);
