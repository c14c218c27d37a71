import { Room } from "../room.ts";
import { RoomElement, type RoomSurroundings, type RunningRoom } from "../room-element.ts";
import { drawMatter } from "./draw-matter.ts";
import { drawSpeech } from "./draw-speech.ts";

/**
 * A draw as an element of any page: `<stanchion-draw draw-id="draw_…" publishable-key="pk_…"></stanchion-draw>`, with `draw-name`
 * and `words-path` besides what every such element takes.
 */
export class StanchionDraw extends RoomElement {
  static readonly observedAttributes = [
    "draw-id",
    "publishable-key",
    "former-keys",
    "base-url",
    "checkout-url",
    "draw-name",
    "words-path",
    "style-path",
    "extras-path",
    "lang",
  ];
  protected readonly idName = "draw-id";
  protected readonly nameName = "draw-name";

  protected open({ id, name, place, ...given }: RoomSurroundings): RunningRoom {
    const room = new Room(drawMatter({ ...given, drawId: id, drawName: name }), place);
    this.speak(room, drawSpeech, `${given.baseUrl}/stanchion-draw-{language}.json`);
    return room;
  }
}
