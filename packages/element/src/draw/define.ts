/** The script that pages load: defines `<stanchion-draw>`. */
import { defineRoomElement } from "../room-element.ts";
import { StanchionDraw } from "./stanchion-draw.ts";

// Known only while the script runs for the first time.
const script = document.currentScript;
defineRoomElement("stanchion-draw", StanchionDraw, script instanceof HTMLScriptElement ? script.src : null);
