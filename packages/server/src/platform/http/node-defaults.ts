import { type IncomingMessage, type Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * `Expect: 100-continue` is answered once somebody wants the body: after the credential, the limits and the length were judged.
 * An expectation that we do not know changes nothing; Node's own refusal of it has no body.
 */
export function answerExpectations(server: Server): void {
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    request.on("newListener", function begin(event) {
      if (event !== "data") return;
      request.off("newListener", begin);
      response.writeContinue();
    });
    server.emit("request", request, response);
  });
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));
}

/** Node hangs up on CONNECT where nobody listens for it; here it goes the way of all requests, and then the connection ends. */
export function answerConnect(server: Server): void {
  server.on("connect", (request: IncomingMessage, socket: Socket) => {
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.on("finish", () => socket.end());
    socket.on("error", () => socket.destroy());
    server.emit("request", request, response);
  });
}
