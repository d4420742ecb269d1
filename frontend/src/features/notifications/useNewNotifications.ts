// Hears of new notifications as they are made; whoever counts them asks again then, and seldom otherwise.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { answered, api } from "@/api/client";
import { lastingRefusal } from "@/api/problem";
import { ReturningSocket, socketAddress } from "@/lib/returningSocket";

/** The server leaves who says nothing for five minutes, and answers each ping. */
const PING_MS = 60_000;
const SILENCE_MS = 100_000;

async function fetchTicket(): Promise<string> {
  return (await answered(api.POST("/api/v1/notifications/ticket"))).ticket;
}

/** Whether the line stands; where it does not, the caller has to ask by itself from time to time. */
export function useNewNotifications(): boolean {
  const queryClient = useQueryClient();
  const [live, setLive] = useState(false);
  useEffect(() => {
    const askAgain = () => void queryClient.invalidateQueries({ queryKey: ["notifications"] });
    const line = new ReturningSocket({
      address: (ticket) => socketAddress("/api/v1/notifications/ws", ticket),
      getTicket: fetchTicket,
      refusal: lastingRefusal,
      silence: SILENCE_MS,
      onStatus: ({ phase }) => setLive(phase === "live"),
      onOpen: () => {
        line.established();
        askAgain(); // what was made while nobody listened
      },
      onData: (data) => {
        if (typeof data === "string" && (JSON.parse(data) as { type: string }).type === "notification") askAgain();
      },
    });
    const ping = setInterval(() => line.send('{"type":"ping"}'), PING_MS);
    const backOnline = () => line.retryNow();
    window.addEventListener("online", backOnline);
    return () => {
      window.removeEventListener("online", backOnline);
      clearInterval(ping);
      line.close();
    };
  }, [queryClient]);
  return live;
}
