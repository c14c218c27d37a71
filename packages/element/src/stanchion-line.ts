import { lineSpeech } from "./load-words.ts";
import { Room } from "./room.ts";
import { RoomElement, type RoomSurroundings, type RunningRoom } from "./room-element.ts";
import { lineMatter } from "./waiting-room.ts";

/**
 * A line as an element of any page:
 * `<stanchion-line queue-id="queue_…" publishable-key="pk_…"></stanchion-line>`, with `queue-name` and `words-path` besides what
 * every such element takes.
 */
export class StanchionLine extends RoomElement {
  static readonly observedAttributes = [
    "queue-id",
    "publishable-key",
    "former-keys",
    "base-url",
    "checkout-url",
    "queue-name",
    "words-path",
    "style-path",
    "extras-path",
    "plain-path",
    "turn-mail",
    "lang",
  ];
  protected readonly idName = "queue-id";
  protected readonly nameName = "queue-name";

  protected open({ id, name, place, ...given }: RoomSurroundings): RunningRoom {
    const room = new Room(
      lineMatter({
        ...given,
        queueId: id,
        queueName: name,
        turnMail: this.getAttribute("turn-mail"),
      }),
      place,
    );
    this.speak(room, lineSpeech, `${given.baseUrl}/stanchion-line-{language}.json`);
    return room;
  }
}
