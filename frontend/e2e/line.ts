// The line between a student and the server: can be cut, slowed, and counted. Plain TCP, so that nothing notices it.
import { createServer, connect, type Server, type Socket } from "node:net";
import { once } from "node:events";

export type Weather = {
  /** One way, ms. */
  delayMs: number;
  /** Bytes per second, each way. */
  bytesPerSecond: number;
};

export class Line {
  readonly url: string;
  readonly port: number;
  /** What has reached the server. */
  bytesUp = 0;
  #server: Server;
  #pairs = new Set<[Socket, Socket]>();
  #sockets = new Set<Socket>();
  #cut = false;
  #weather: Weather | null = null;
  #freeAt = { up: 0, down: 0 };

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async to(target: string): Promise<Line> {
    const { port } = new URL(target);
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (typeof address !== "object" || !address) throw new Error("no port");
    const line = new Line(server, address.port);
    server.on("connection", (client) => line.#join(client, Number(port)));
    return line;
  }

  #join(client: Socket, port: number): void {
    if (this.#cut) {
      client.destroy();
      return;
    }
    const server = connect(port, "127.0.0.1");
    const pair: [Socket, Socket] = [client, server];
    this.#pairs.add(pair);
    this.#forward(client, server, "up");
    this.#forward(server, client, "down");
    const end = () => {
      this.#pairs.delete(pair);
      if (this.#cut) return; // both sides are left believing that the other is there
      client.destroy();
      server.destroy();
    };
    for (const socket of pair) {
      this.#sockets.add(socket);
      socket.on("error", end);
      socket.on("close", () => {
        this.#sockets.delete(socket);
        end();
      });
    }
  }

  #forward(from: Socket, to: Socket, way: "up" | "down"): void {
    from.on("data", (chunk: Buffer) => {
      if (this.#cut) return;
      const send = () => {
        if (this.#cut || to.destroyed) return;
        if (way === "up") this.bytesUp += chunk.length;
        to.write(chunk);
      };
      if (!this.#weather) {
        send();
        return;
      }
      const now = Date.now();
      this.#freeAt[way] = Math.max(now, this.#freeAt[way]) + (chunk.length * 1000) / this.#weather.bytesPerSecond;
      setTimeout(send, this.#freeAt[way] - now + this.#weather.delayMs);
    });
  }

  set weather(weather: Weather | null) {
    this.#weather = weather;
  }

  /** From now on nothing passes and nobody is told, as when a cable is pulled. */
  cut(): void {
    this.#cut = true;
  }

  /** The line is back; what was open before is dead and says so. */
  restore(): void {
    this.#cut = false;
    for (const socket of this.#sockets) socket.destroy();
    this.#pairs.clear();
  }

  async close(): Promise<void> {
    this.restore();
    this.#server.close();
    await once(this.#server, "close");
  }
}
